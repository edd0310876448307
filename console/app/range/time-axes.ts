import type { Grid } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';

/** A chart with fewer points has no zoom slider. */
const MIN_ZOOM_POINTS = 32;

const SHORT: Grid = { left: 56, right: 16, top: 16, bottom: 30 };
const LONG: Grid = { ...SHORT, bottom: 64 };

/** The same for all charts over time, so that their days align. Returns a stable object. */
export const gridFor = (points: number): Grid => (points < MIN_ZOOM_POINTS ? SHORT : LONG);

export function axes(labels: readonly string[], colours: Colours, format: (value: number) => string) {
  const label = { color: colours.muted, fontSize: 12 };
  return {
    xAxis: {
      type: 'category',
      data: labels,
      axisLabel: { ...label, hideOverlap: true },
      axisLine: { lineStyle: { color: colours.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { ...label, formatter: format },
      splitLine: { lineStyle: { color: colours.line } },
    },
  };
}

/** A zoom slider below the chart; none for a few points. */
export function zoom(points: number, colours: Colours): object[] {
  if (points < MIN_ZOOM_POINTS) return [];
  return [
    {
      type: 'slider',
      height: 20,
      bottom: 6,
      borderColor: colours.line,
      backgroundColor: colours.sunken,
      fillerColor: 'rgb(127 127 127 / 25%)',
      handleStyle: { color: colours.surface, borderColor: colours.muted },
      moveHandleStyle: { color: colours.muted, opacity: 0.5 },
      textStyle: { color: colours.muted },
      showDataShadow: false,
      showDetail: false,
      brushSelect: false,
    },
  ];
}
