import { BarChart, HeatmapChart, LineChart } from 'echarts/charts';
import { AriaComponent, DataZoomComponent, GridComponent, VisualMapComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { type Colours, useColours } from './chart-colours';
import { ChartTip, type Tip } from './chart-tip';
import './chart.css';

use([
  BarChart,
  HeatmapChart,
  LineChart,
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

/** A point in a chart: index on the x axis and, if the y axis has categories, on the y axis. */
export interface ChartPoint {
  readonly column: number;
  readonly row: number;
}

/** Pixels from each side to the axes. */
export interface Grid {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Props {
  /** Description for screen readers. */
  readonly label: string;
  /** Must be memoized: a new function redraws the chart and keeps the zoom. The x axis has categories. */
  readonly option: (colours: Colours) => EChartsCoreOption;
  readonly columns: number;
  /** Number of categories on the y axis. */
  readonly rows?: number;
  /** Pixels. */
  readonly height: number;
  readonly grid: Grid;
  /** Text of a point for the tooltip and screen readers; undefined for none. */
  readonly tip: (point: ChartPoint) => Tip | undefined;
  /** Called on click, Enter or Space. */
  readonly onOpen?: ((point: ChartPoint) => void) | undefined;
}

/**
 * A chart on a canvas in the theme's colours. Arrow keys move between points. Names and numbers from data are rendered only by
 * React, never as markup.
 */
export function Chart({ label, option, columns, rows = 1, height, grid, tip, onOpen }: Props) {
  const canvas = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType>();
  const [point, setPoint] = useState<ChartPoint>();
  // Positions of points change with zoom and size.
  const [, setMoved] = useState(0);
  const colours = useColours();
  const isNear = useNear(canvas);

  useEffect(() => {
    if (!canvas.current || !isNear) return;
    const made = init(canvas.current, undefined, { renderer: 'canvas' });
    let isFirst = true;
    const observer = new ResizeObserver(() => {
      // An observer begins with the size that the chart was made with.
      if (!isFirst) made.resize();
      isFirst = false;
      setMoved((times) => times + 1);
    });
    observer.observe(canvas.current);
    made.on('datazoom', () => setMoved((times) => times + 1));
    setChart(made);
    return () => {
      observer.disconnect();
      made.dispose();
      setChart(undefined);
    };
  }, [isNear]);

  useEffect(() => {
    if (!chart) return;
    // The pixels from each side are known, so labels need not be measured for them.
    const layout = { ...grid, outerBoundsMode: 'none' };
    chart.setOption({ animation: false, grid: layout, ...option(colours) }, { replaceMerge: ['series'] });
    setMoved((times) => times + 1);
  }, [chart, option, colours, grid]);

  useEffect(() => {
    if (!chart) return;
    const pointer = chart.getZr();
    const move = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) =>
      setPoint(pointAt(chart, offsetX, offsetY, columns, rows));
    const leave = () => setPoint(undefined);
    const click = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) => {
      const at = pointAt(chart, offsetX, offsetY, columns, rows);
      if (at) onOpen?.(at);
    };
    pointer.on('mousemove', move);
    pointer.on('globalout', leave);
    pointer.on('click', click);
    return () => {
      pointer.off('mousemove', move);
      pointer.off('globalout', leave);
      pointer.off('click', click);
    };
  }, [chart, columns, rows, onOpen]);

  const at = point && point.column < columns && point.row < rows ? point : undefined;
  const shown = useMemo(() => at && tip(at), [at, tip]);
  const place = chart && at && placeOf(chart, at, rows, grid);

  const press = (event: KeyboardEvent) => {
    const from = at ?? { column: columns - 1, row: 0 };
    if ((event.key === 'Enter' || event.key === ' ') && at && onOpen) {
      event.preventDefault();
      onOpen(at);
      return;
    }
    if (event.key === 'Escape') setPoint(undefined);
    const next = step(event.key, from, columns, rows);
    if (!next) return;
    event.preventDefault();
    // The first arrow key only shows the current point.
    const chosen = at || event.key === 'Home' || event.key === 'End' ? next : from;
    if (chart) bringIntoView(chart, chosen.column, columns);
    setPoint(chosen);
  };

  const current = at ?? { column: columns - 1, row: 0 };
  return (
    <div
      className="chart"
      role="slider"
      tabIndex={0}
      aria-label={`${label}${onOpen ? ', Enter opens' : ''}`}
      aria-valuemin={1}
      aria-valuemax={columns * rows}
      aria-valuenow={current.row * columns + current.column + 1}
      aria-valuetext={textOf(shown ?? tip(current))}
      style={{ height }}
      onKeyDown={press}
      onBlur={() => setPoint(undefined)}
    >
      <div ref={canvas} className={`chart-canvas ${onOpen && at ? 'chart-canvas-open' : ''}`} />
      {place && (
        <div
          className={rows > 1 ? 'chart-cell' : 'chart-cursor'}
          style={{ left: place.left, top: place.top, width: place.width, height: place.height }}
        />
      )}
      {place && shown && <ChartTip tip={shown} x={place.middle} width={canvas.current?.clientWidth ?? 0} />}
    </div>
  );
}

/** So far below the window, a chart is drawn before it is scrolled to. */
const NEAR = '300px';

/** Whether an element has been in the window, or nearly: drawing what nobody sees would delay what they do. */
function useNear(element: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        setNear(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isNear;
}

const textOf = (tip: Tip | undefined): string =>
  tip ? `${tip.title}: ${tip.lines.map(({ name, value }) => `${name} ${value}`).join(', ')}` : 'nothing';

function pointAt(
  chart: EChartsType,
  x: number,
  y: number,
  columns: number,
  rows: number,
): ChartPoint | undefined {
  if (!chart.containPixel('grid', [x, y])) return undefined;
  const column = Number(chart.convertFromPixel({ xAxisIndex: 0 }, x));
  const row = rows > 1 ? Number(chart.convertFromPixel({ yAxisIndex: 0 }, y)) : 0;
  const isWithin = column >= 0 && column < columns && row >= 0 && row < rows;
  return isWithin ? { column, row } : undefined;
}

/** Position in pixels of the cell, or of a vertical line; undefined if it is outside the zoom. */
function placeOf(chart: EChartsType, { column, row }: ChartPoint, rows: number, grid: Grid) {
  const middle = Number(chart.convertToPixel({ xAxisIndex: 0 }, column));
  const bottom = chart.getHeight() - grid.bottom;
  if (!(middle >= grid.left && middle <= chart.getWidth() - grid.right)) return undefined;
  if (rows === 1) return { middle, left: middle, width: 1, top: grid.top, height: bottom - grid.top };
  const height = (bottom - grid.top) / rows;
  const y = Number(chart.convertToPixel({ yAxisIndex: 0 }, row));
  const next = Number(chart.convertToPixel({ xAxisIndex: 0 }, column + 1));
  const before = Number(chart.convertToPixel({ xAxisIndex: 0 }, column - 1));
  const width = Number.isFinite(next) ? next - middle : Number.isFinite(before) ? middle - before : 40;
  return { middle, left: middle - width / 2, width, top: y - height / 2, height };
}

function step(
  key: string,
  { column, row }: ChartPoint,
  columns: number,
  rows: number,
): ChartPoint | undefined {
  const to = (nextColumn: number, nextRow = row) => ({
    column: Math.min(columns - 1, Math.max(0, nextColumn)),
    row: Math.min(rows - 1, Math.max(0, nextRow)),
  });
  const steps: Record<string, ChartPoint> = {
    ArrowLeft: to(column - 1),
    ArrowRight: to(column + 1),
    PageUp: to(column - 10),
    PageDown: to(column + 10),
    Home: to(0),
    End: to(columns - 1),
    ...(rows > 1 && { ArrowUp: to(column, row - 1), ArrowDown: to(column, row + 1) }),
  };
  return steps[key];
}

interface Zoom {
  readonly startValue?: number;
  readonly endValue?: number;
}

/** Moves the zoom so that the column is visible. */
function bringIntoView(chart: EChartsType, column: number, columns: number): void {
  const { dataZoom } = chart.getOption() as { dataZoom?: readonly Zoom[] };
  const { startValue = 0, endValue = columns - 1 } = dataZoom?.[0] ?? {};
  const by = column < startValue ? column - startValue : column > endValue ? column - endValue : 0;
  if (by === 0) return;
  chart.dispatchAction({ type: 'dataZoom', startValue: startValue + by, endValue: endValue + by });
}
