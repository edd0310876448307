import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import type { MartChart, MartDetail, MeasureView } from '../../api/marts';
import type { Days, Granularity } from '../../api/range';
import { BucketChart } from '../range/bucket-chart';
import { axisText, daysText, GRANULARITY_NAMES } from '../range/range-text';
import { axes, zoom } from '../range/time-axes';
import { titleOf, valueText } from '../rows/column-text';
import { Preparing } from '../rows/preparing';
import { type ChooseRows, conditionsOf, isPreparing, type RowsChoice, useOfRows } from '../rows/use-rows';
import { useAddress } from '../shared/address';
import type { ChartPoint } from '../shared/chart';
import type { Colours } from '../shared/chart-colours';
import type { Tip } from '../shared/chart-tip';
import { DataTable } from '../shared/data-table';
import { formatCompact } from '../shared/format';
import { Card } from '../shared/page';
import { Fetched } from '../shared/states';
import { measureText } from './mart-text';

interface Props {
  readonly mart: MartDetail;
  readonly choice: RowsChoice;
  readonly choose: ChooseRows;
}

/** A measure of the chosen rows over time. */
export function MartChartCard({ mart, choice, choose }: Props) {
  const { get } = useAddress();
  const chart = useOfRows<MartChart>(`marts/${encodeURIComponent(mart.name)}/chart`, {
    ...conditionsOf(choice),
    measure: get('measure'),
    by: get('by'),
  });
  return (
    <Fetched query={chart} what="the chart">
      {(found) =>
        isPreparing(found) ? (
          <Card title="Chart">
            <Preparing progress={found.preparing} what="the chart" />
          </Card>
        ) : (
          found.range && <Bars mart={mart} chart={found} choice={choice} choose={choose} />
        )
      }
    </Fetched>
  );
}

function Bars({ mart, chart, choice, choose }: Props & { readonly chart: MartChart }) {
  const { measure, buckets } = chart;
  const granularity = chart.range?.granularity ?? 'day';
  const option = useCallback(
    (colours: Colours): EChartsCoreOption => ({
      aria: { enabled: true, label: { description: `${titleOf(measure.column)} by ${granularity}` } },
      ...axes(
        buckets.map((bucket) => axisText(bucket, granularity)),
        colours,
        measure.type === 'percent' ? (value) => `${formatCompact(value)} %` : formatCompact,
      ),
      yAxis: {
        ...axes([], colours, formatCompact).yAxis,
        min: ({ min }: { min: number }) => Math.min(0, min),
        minInterval: measure.type === 'count' && !measure.rate ? 1 : 0,
      },
      dataZoom: zoom(buckets.length, colours),
      series: [
        {
          type: 'bar',
          barMaxWidth: 60,
          large: false,
          itemStyle: { color: colours.series[0] },
          data: buckets.map(({ value }) => (value === null ? '-' : Number(value))),
        },
      ],
    }),
    [buckets, measure, granularity],
  );
  const text = useCallback(
    (value: string | null) =>
      value === null ? 'no data' : valueText({ ...measure, is_key: false }, value, 'UTC'),
    [measure],
  );
  const tip = useCallback(
    ({ column }: ChartPoint): Tip | undefined => {
      const bucket = buckets[column];
      return (
        bucket && {
          title: daysText(bucket),
          lines: [{ name: titleOf(measure.column), value: text(bucket.value) }],
        }
      );
    },
    [buckets, measure, text],
  );
  const title = `${titleOf(measure.column)} by ${granularity}`;
  const open = useCallback(({ from, to }: Days) => choose.days({ from, to }), [choose]);
  return (
    <BucketChart
      title={title}
      buckets={buckets}
      view={`${measure.column} ${granularity} ${choice.from} ${choice.to}`}
      option={option}
      tip={tip}
      onOpen={open}
      table={
        <DataTable
          label={title}
          columns={[
            { id: 'days', header: 'Days', value: ({ from }) => from, cell: daysText },
            {
              id: 'value',
              header: titleOf(measure.column),
              numeric: true,
              value: ({ value }) => (value === null ? null : Number(value)),
              cell: ({ value }) => text(value),
            },
          ]}
          rows={buckets}
          rowId={({ from }) => from}
          height={320}
          initialSort={{ id: 'days', desc: true }}
        />
      }
    >
      <ChartControls mart={mart} chart={chart} />
      <p className="muted small mart-note">
        {measureText(measure, granularity)} {notDrawn(mart)}
      </p>
    </BucketChart>
  );
}

function ChartControls({
  mart: { measures },
  chart: { measure, range },
}: {
  readonly mart: MartDetail;
  readonly chart: MartChart;
}) {
  const { get, set } = useAddress();
  const nameOf = ({ column }: MeasureView) => titleOf(column);
  const isChosen = range?.granularities.includes(get('by') as Granularity);
  return (
    <div className="row">
      <label className="row">
        Measure
        <select value={measure.column} onChange={({ target }) => set({ measure: target.value })}>
          {measures.map((one) => (
            <option key={one.column} value={one.column}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </label>
      <label className="row">
        By
        <select
          value={isChosen ? get('by') : ''}
          onChange={({ target }) => set({ by: target.value || undefined })}
        >
          <option value="">{isChosen ? 'auto' : `auto: ${range?.granularity}`}</option>
          {range?.granularities.map((granularity) => (
            <option key={granularity} value={granularity}>
              {GRANULARITY_NAMES[granularity]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** The numbers of a mart that no chart can draw, with the reason. */
function notDrawn({ columns, measures }: MartDetail): string {
  const numbers = columns.filter(
    ({ name, type, is_key }) =>
      !is_key &&
      (['count', 'money', 'percent'].includes(type) || type.startsWith('decimal')) &&
      measures.every(({ column }) => column !== name),
  );
  if (numbers.length === 0) return '';
  const names = numbers.map(({ name }) => titleOf(name)).join(', ');
  return `Not offered, because ${numbers.length === 1 ? 'it does' : 'they do'} not add up: ${names}.`;
}
