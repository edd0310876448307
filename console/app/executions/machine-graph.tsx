import {
  Controls,
  type Node,
  type NodeProps,
  ReactFlow,
  type ReactFlowInstance,
  ViewportPortal,
} from '@xyflow/react';
import { END, type Run, START, wayId } from '../../../domain/execution-history';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTheme } from '../shared/theme';
import { curveBetween, type Layout, layoutMachine, pathThrough } from './layout';
import type { Machine, Way } from './machine';

import { StateBox, type StateBoxProps } from './state-box';

interface Props {
  readonly machine: Machine;
  readonly run: Run;
  readonly selected: string | null;
  readonly onSelect: (state: string) => void;
}

type StateNode = Node<StateBoxProps & Record<string, unknown>, 'state'>;

/** Margins of the graph and, on the right, for error transitions, in pixels. */
const MARGIN = 16;
const CAUGHT_MARGIN = 44;
/** The smallest readable zoom; a wider graph scrolls horizontally. */
const MIN_ZOOM = 0.6;
/** Below this width, boxes are smaller; in pixels. */
const COMPACT_BELOW = 420;

const NODE_TYPES = {
  state: ({ data }: NodeProps<StateNode>) => <StateBox {...data} />,
};

/** The state machine as a graph with pan and zoom, showing the status of each state. */
export function MachineGraph({ machine, run, selected, onSelect }: Props) {
  const [theme] = useTheme();
  const [frame, width] = useWidth();
  const isCompact = width < COMPACT_BELOW;
  const layout = useMemo(() => layoutMachine(machine, isCompact), [machine, isCompact]);
  const nodes = layout.boxes.map(({ name, x, y, width, height }): StateNode => {
    const state = machine.states.find((one) => one.name === name);
    return {
      id: name,
      type: 'state',
      position: { x, y },
      width,
      height,
      data: {
        name,
        type: state?.type ?? '',
        isTerminal: name === START || name === END,
        isAround: machine.states.some(({ within }) => within === name),
        run: run.states.get(name),
        hasEnded: run.ended !== null,
        isSelected: selected === name,
        onSelect,
      },
    };
  });
  const zoom = Math.max(MIN_ZOOM, Math.min(1, (width - 2 * MARGIN) / (layout.width + CAUGHT_MARGIN)));
  const flow = useRef<Pick<ReactFlowInstance, 'setViewport'>>(null);
  const showAll = useCallback(() => {
    const x = Math.max(MARGIN, (width - (layout.width + CAUGHT_MARGIN) * zoom) / 2);
    void flow.current?.setViewport({ x, y: MARGIN, zoom });
  }, [width, zoom, layout]);
  useEffect(showAll, [showAll]);
  return (
    <div
      className={`machine-graph ${isCompact ? 'compact' : ''}`}
      ref={frame}
      style={{ height: layout.height * zoom + 2 * MARGIN }}
    >
      <ReactFlow
        onInit={(instance) => {
          flow.current = instance;
          showAll();
        }}
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        colorMode={theme}
        minZoom={0.2}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        disableKeyboardA11y
      >
        <ViewportPortal>
          <Ways machine={machine} layout={layout} run={run} />
        </ViewportPortal>
        <Controls position="top-right" showInteractive={false} onFitView={showAll} />
      </ReactFlow>
    </div>
  );
}

/** The current width of an element. */
function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

/** Draws taken transitions over the others; error transitions without a line in the layout are drawn only if taken. */
function Ways({ machine, layout, run }: Pick<Props, 'machine' | 'run'> & { readonly layout: Layout }) {
  const boxes = new Map(layout.boxes.map((box) => [box.name, box]));
  const isDrawn = ({ from, to }: Way) => layout.lines.some(({ way }) => way.from === from && way.to === to);
  const isTaken = ({ from, to }: Way) => run.taken.has(wayId(from, to));
  const others = machine.ways.filter((way) => !isDrawn(way) && isTaken(way));
  const drawn = [
    ...layout.lines.map(({ way, points }) => ({ way, path: pathThrough(points) })),
    ...others.map((way) => {
      const [from, to] = [boxes.get(way.from), boxes.get(way.to)];
      return { way, path: from && to ? curveBetween(from, to) : '' };
    }),
  ].sort((a, b) => Number(isTaken(a.way)) - Number(isTaken(b.way)));
  return (
    <svg className="ways" width={layout.width} height={layout.height} aria-hidden="true">
      <defs>
        {['next', 'caught', 'next-taken', 'caught-taken'].map((kind) => (
          <marker
            key={kind}
            id={`head-${kind}`}
            className={`head head-${kind}`}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto-start-reverse"
          >
            <path d="M 0 0 L 8 4 L 0 8 z" />
          </marker>
        ))}
      </defs>
      {drawn.map(({ way, path }) => {
        const kind = `${way.kind}${isTaken(way) ? '-taken' : ''}`;
        return (
          <path
            key={wayId(way.from, way.to)}
            d={path}
            className={`way way-${kind}`}
            markerEnd={`url(#head-${kind})`}
            data-way={wayId(way.from, way.to)}
          />
        );
      })}
    </svg>
  );
}
