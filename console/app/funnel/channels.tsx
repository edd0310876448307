import { useMemo } from 'react';
import type { ChannelFunnel } from '../../api/funnel';
import { numberOf } from '../range/metric';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { useTableSort } from '../shared/table-sort';
import { funnelRate, STEPS } from './funnel-text';

interface Props {
  readonly channels: readonly ChannelFunnel[];
  readonly onChoose: (channel: string) => void;
}

/** The channels, both funnels side by side in each cell. */
export function Channels({ channels, onChoose }: Props) {
  const order = useTableSort({ id: 'sessions', desc: true });
  const columns = useMemo(
    (): Column<ChannelFunnel>[] => [
      {
        id: 'channel',
        header: 'Channel',
        width: 1.5,
        minWidth: 90,
        value: ({ channel }) => channel,
        cell: ({ channel }) => <FileText>{channel}</FileText>,
      },
      {
        id: 'sessions',
        header: 'Sessions',
        numeric: true,
        minWidth: 80,
        value: ({ sessions }) => sessions,
        cell: ({ sessions }) => formatCount(sessions),
      },
      ...STEPS.map(
        ({ id, shortName }): Column<ChannelFunnel> => ({
          id,
          header: shortName,
          numeric: true,
          width: 1.2,
          minWidth: 130,
          wideOnly: true,
          value: ({ closed }) => closed[id],
          cell: ({ closed, open }) => <Both closed={formatCount(closed[id])} open={formatCount(open[id])} />,
        }),
      ),
      {
        id: 'conversion',
        header: 'Conversion',
        numeric: true,
        width: 1.4,
        minWidth: 132,
        value: ({ closed_rate }) => numberOf(closed_rate),
        cell: ({ closed_rate, conversion_rate }) => (
          <Both closed={funnelRate(closed_rate)} open={funnelRate(conversion_rate)} />
        ),
      },
    ],
    [],
  );
  return (
    <DataTable
      label="Channels"
      columns={columns}
      rows={channels}
      rowId={({ channel }) => channel}
      onOpen={({ channel }) => onChoose(channel)}
      {...order}
    />
  );
}

function Both({ closed, open }: { readonly closed: string; readonly open: string }) {
  return (
    <>
      <span className="visually-hidden">closed </span>
      {closed} <span className="muted">/</span>
      <span className="visually-hidden"> open</span> {open}
    </>
  );
}
