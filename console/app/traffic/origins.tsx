import { useMemo } from 'react';
import type { OriginFigures, OriginReport } from '../../api/traffic';
import { changeText } from '../range/figure-text';
import { numberOf } from '../range/metric';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { useTableSort } from '../shared/table-sort';
import { METRICS } from './traffic-text';

/** In pixels: the name in the header fits, with the mark of the order. */
const WIDTHS: Readonly<Record<string, number>> = { sessions: 112, duration: 108, purchases: 116 };

const NAMES = { channel: 'Channel', source: 'Source', medium: 'Medium' } as const;

interface Props {
  readonly label: string;
  readonly report: OriginReport;
  /** Chooses a channel; undefined where a row is not one. */
  readonly onChannel: ((channel: string) => void) | undefined;
}

/** Where visits came from, in an order that the address keeps. */
export function Origins({ label, report, onChannel }: Props) {
  const { origins, range } = report;
  const order = useTableSort({ id: 'sessions', desc: true });
  const [first] = origins;
  const isAll = (first?.channel ?? null) !== null && (first?.source ?? null) !== null;
  // Beside three names there is less space.
  const hasChange = range.before !== null && !isAll;
  const metrics = useMemo(() => METRICS.filter(({ id }) => id !== 'engaged' || !isAll), [isAll]);
  const columns = useMemo(
    (): Column<OriginFigures>[] => [
      ...(['channel', 'source', 'medium'] as const)
        .filter((name) => (first?.[name] ?? null) !== null)
        .map(
          (name, place): Column<OriginFigures> => ({
            id: name,
            header: NAMES[name],
            width: 1.6,
            minWidth: 112,
            wideOnly: place > 1,
            value: (origin) => origin[name],
            cell: (origin) => <FileText>{origin[name] ?? ''}</FileText>,
          }),
        ),
      ...metrics.map(
        ({ id, name, shortName = name, value, format }): Column<OriginFigures> => ({
          id,
          header: shortName,
          numeric: true,
          minWidth: WIDTHS[id] ?? 102,
          wideOnly: id !== 'sessions' && id !== 'revenue',
          value: (origin) => numberOf(value(origin)),
          cell: (origin) => format(origin),
        }),
      ),
      ...(hasChange
        ? [
            {
              id: 'change',
              header: 'Change',
              numeric: true,
              minWidth: 90,
              wideOnly: true,
              value: ({ change }: OriginFigures) => numberOf(change),
              cell: ({ change }: OriginFigures) => changeText(change),
            },
          ]
        : []),
    ],
    [first, hasChange, metrics],
  );
  return (
    <>
      <DataTable
        label={label}
        columns={columns}
        rows={origins}
        rowId={({ channel, source, medium }) => JSON.stringify([channel, source, medium])}
        {...(onChannel && { onOpen: ({ channel }: OriginFigures) => onChannel(channel ?? '') })}
        {...order}
      />
      <p className="muted small kpi-hint">
        Visitors are the mean per day with a visit.{hasChange && ' The change is that of the sessions.'}
        {report.count > origins.length &&
          ` These are the ${formatCount(origins.length)} with the most sessions of ${formatCount(report.count)}; the CSV file has all.`}
      </p>
    </>
  );
}
