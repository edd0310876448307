import dagre from '@dagrejs/dagre';
import { END, START } from '../../../domain/execution-history';
import type { Machine, Way } from './machine';

/** A box of the graph, in pixels from the graph's corner. */
export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A transition, drawn through points from one box to another. */
export interface Line {
  readonly way: Way;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** Size of a box that fits the longest name, and of a smaller one for narrow screens. */
const STATE = { width: 208, height: 56 };
const COMPACT_WIDTH = 164;
const TERMINAL = { width: 60, height: 26 };
/** Padding of a Map around its inner states; its name is above them. */
const INSIDE = { top: 58, side: 14, bottom: 14 };

/** Boxes from top to bottom, each Map around its inner states. */
export function layoutMachine(machine: Machine, isCompact = false): Layout {
  return layoutWithin(machine, null, isCompact);
}

function layoutWithin(machine: Machine, within: string | null, isCompact: boolean): Layout {
  const names = machine.states.filter((state) => state.within === within).map(({ name }) => name);
  const inner = new Map<string, Layout>();
  for (const name of names) {
    if (machine.states.some((state) => state.within === name))
      inner.set(name, layoutWithin(machine, name, isCompact));
  }
  const terminals = within === null && names.length > 0 ? [START, END] : [];
  const here = new Set([...names, ...terminals]);
  const ways = mainWays(machine.ways).filter(({ from, to }) => here.has(from) && here.has(to));
  const graph = new dagre.graphlib.Graph()
    .setGraph({ rankdir: 'TB', nodesep: isCompact ? 12 : 28, ranksep: 34, edgesep: isCompact ? 6 : 12 })
    .setDefaultEdgeLabel(() => ({}));
  for (const name of names) graph.setNode(name, sizeOf(inner.get(name), isCompact));
  for (const name of terminals) graph.setNode(name, { ...TERMINAL });
  // States that handle errors are placed beside the main path.
  for (const { from, to, kind } of ways) {
    graph.setEdge(from, to, { weight: kind === 'next' ? 8 : 1 });
  }
  dagre.layout(graph);
  const boxes = [...here].map((name): Box => {
    const { x, y, width, height } = graph.node(name);
    return { name, x: x - width / 2, y: y - height / 2, width, height };
  });
  const contained = boxes.flatMap((box) => (inner.get(box.name) ? shifted(inner.get(box.name), box) : []));
  const { width = 0, height = 0 } = graph.graph();
  return {
    boxes: [...boxes, ...contained.flatMap((layout) => layout.boxes)],
    lines: [
      ...ways.map((way): Line => ({ way, points: graph.edge(way.from, way.to).points ?? [] })),
      ...contained.flatMap((layout) => layout.lines),
    ],
    width,
    height,
  };
}

/**
 * The transitions that determine the layout: every regular one, and one error transition to each state that is reached only
 * by errors. The other error transitions would hide the graph.
 */
function mainWays(ways: readonly Way[]): Way[] {
  const next = ways.filter(({ kind }) => kind === 'next');
  const reached = new Set(next.map(({ to }) => to));
  const caught = ways.filter(({ kind, to }) => kind === 'caught' && !reached.has(to));
  const lastTo = new Map(caught.map((way) => [way.to, way]));
  return [...next, ...lastTo.values()];
}

/** A transition without a line in the layout, drawn around the boxes between. */
export function curveBetween(from: Box, to: Box): string {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x + to.width, y: to.y + to.height / 2 };
  const out = Math.max(start.x, end.x) + 24 + Math.min(48, Math.abs(end.y - start.y) / 8);
  return `M ${start.x} ${start.y} C ${out} ${start.y}, ${out} ${end.y}, ${end.x} ${end.y}`;
}

/** A smooth path through points. */
export function pathThrough(points: Line['points']): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return '';
  let path = `M ${first.x} ${first.y}`;
  rest.slice(0, -1).forEach((point, i) => {
    const after = rest[i + 1] ?? last;
    path += ` Q ${point.x} ${point.y} ${(point.x + after.x) / 2} ${(point.y + after.y) / 2}`;
  });
  return `${path} L ${last.x} ${last.y}`;
}

function sizeOf(inner: Layout | undefined, isCompact: boolean): { width: number; height: number } {
  const width = isCompact ? COMPACT_WIDTH : STATE.width;
  if (!inner) return { width, height: STATE.height };
  return {
    width: Math.max(width, inner.width + 2 * INSIDE.side),
    height: inner.height + INSIDE.top + INSIDE.bottom,
  };
}

function shifted(layout: Layout | undefined, { x, y, width }: Box): Layout[] {
  if (!layout) return [];
  const right = x + (width - layout.width) / 2;
  const down = y + INSIDE.top;
  return [
    {
      ...layout,
      boxes: layout.boxes.map((box) => ({ ...box, x: box.x + right, y: box.y + down })),
      lines: layout.lines.map(({ way, points }) => ({
        way,
        points: points.map((point) => ({ x: point.x + right, y: point.y + down })),
      })),
    },
  ];
}
