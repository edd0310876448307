import { formatCell } from './format';
import type { Chart } from './results';

const PANEL = { width: 420, height: 300, left: 64, right: 118, top: 40, bottom: 48 };
/** Different in hue and lightness, to be distinguishable in grey and for the colour-blind, on white and on black. */
const COLOURS = ['#3b78c2', '#d9822b', '#2a9d73', '#b8557f'];
const INK = '#7a7a7a';

/**
 * Draws charts side by side as one SVG: orders of history on a logarithmic axis, values from zero, each line labelled at its
 * end.
 */
export function plot(charts: readonly Chart[]): string {
  const width = PANEL.width * charts.length;
  const panels = charts.map((chart, index) => panel(chart, index * PANEL.width));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${PANEL.height}" viewBox="0 0 ${width} ${PANEL.height}" font-family="system-ui, sans-serif" font-size="12">`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function panel({ title, unit, series }: Chart, offset: number): string {
  const points = series.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [lowest, highest] = [Math.log10(xs[0] ?? 1), Math.log10(xs.at(-1) ?? 10)];
  const ticks = niceTicks(Math.max(...points.map(({ y }) => y)));
  const top = ticks.at(-1) ?? 1;
  const plotWidth = PANEL.width - PANEL.left - PANEL.right;
  const plotHeight = PANEL.height - PANEL.top - PANEL.bottom;
  const atX = (x: number) =>
    PANEL.left + (highest > lowest ? (Math.log10(x) - lowest) / (highest - lowest) : 0.5) * plotWidth;
  const atY = (y: number) => PANEL.top + (1 - y / top) * plotHeight;
  const right = PANEL.left + plotWidth;
  const bottom = PANEL.top + plotHeight;
  const parts = [
    text(PANEL.left, 20, title, { weight: 'bold' }),
    ...ticks.flatMap((tick) => [
      `<line x1="${PANEL.left}" x2="${right}" y1="${at(atY(tick))}" y2="${at(atY(tick))}" stroke="${INK}" stroke-opacity="${tick === 0 ? 1 : 0.25}"/>`,
      text(PANEL.left - 6, atY(tick) + 4, tickLabel(tick, unit), { anchor: 'end' }),
    ]),
    ...xs.map((x) => text(atX(x), bottom + 18, ordersLabel(x), { anchor: 'middle' })),
    text(PANEL.left + plotWidth / 2, bottom + 38, 'orders of history', { anchor: 'middle' }),
  ];
  const labels = spreadLabels(series.map((line) => atY(line.points.at(-1)?.y ?? 0)));
  for (const [index, { name, points: line }] of series.entries()) {
    const colour = COLOURS[index % COLOURS.length] ?? INK;
    const path = line.map(({ x, y }) => `${at(atX(x))},${at(atY(y))}`);
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...line.map(({ x, y }) => `<circle cx="${at(atX(x))}" cy="${at(atY(y))}" r="3" fill="${colour}"/>`),
      text(right + 8, (labels[index] ?? 0) + 4, name, { colour }),
    );
  }
  return `<g transform="translate(${offset},0)">\n${parts.join('\n')}\n</g>`;
}

/** 0 and up to five round steps, up to the highest value. */
export function niceTicks(highest: number): number[] {
  const rough = Math.max(highest, Number.MIN_VALUE) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}

/** Label positions at least one line apart, in the order of the wanted ones. */
function spreadLabels(wanted: readonly number[]): number[] {
  const LINE = 14;
  const placed = [...wanted];
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  let previous = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const height = Math.max(wanted[index] ?? 0, previous + LINE);
    placed[index] = height;
    previous = height;
  }
  return placed;
}

function tickLabel(value: number, unit: Chart['unit']): string {
  if (value === 0) return '0';
  return formatCell(value, unit)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');
}

function ordersLabel(orders: number): string {
  if (orders >= 1e6) return `${orders / 1e6} million`;
  return orders >= 1e3 ? `${orders / 1e3},000` : String(orders);
}

const at = (position: number): string => position.toFixed(1);

function text(
  x: number,
  y: number,
  words: string,
  { anchor = 'start', colour = INK, weight = 'normal' } = {},
): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" font-weight="${weight}" fill="${colour}">${words}</text>`;
}
