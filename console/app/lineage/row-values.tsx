import type { LineageRow } from '../../api/lineage';
import { useAbout } from '../shared/about';
import { FileText } from '../shared/file-text';
import { formatDay, formatExact, formatInstant } from '../shared/format';

/** The values of a row by column; those of the key first and emphasised. */
export function RowValues({
  row,
  keyColumns,
  types = {},
}: {
  readonly row: LineageRow;
  readonly keyColumns: readonly string[];
  /** Of a mart's columns; other values are shown as they are stored. */
  readonly types?: Readonly<Record<string, string>>;
}) {
  const others = Object.keys(row).filter((name) => !keyColumns.includes(name));
  return (
    <dl className="lineage-values">
      {[...keyColumns, ...others].map((name) => (
        <div key={name} className={keyColumns.includes(name) ? 'lineage-key' : undefined}>
          <dt>{name}</dt>
          <dd>
            <Value value={row[name] ?? null} type={types[name] ?? ''} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** ISO 8601 of DuckDB's `2025-03-30 12:00:00.25+00`. */
const isoTime = (text: string): string => text.replace(' ', 'T').replace(/\+00$/, 'Z');

const SHOWN = 300;

function Value({ value, type }: { readonly value: string | null; readonly type: string }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  if (value === null) return <span className="muted">no value</span>;
  if (value === '') return <span className="muted">empty</span>;
  if (type === 'date') return <time dateTime={value}>{formatDay(value)}</time>;
  if (type === 'timestamp') return <time dateTime={value}>{formatInstant(isoTime(value), timeZone)}</time>;
  if (type === 'count' || type === 'money' || type === 'percent' || type.startsWith('decimal'))
    return formatExact(value);
  return <FileText>{value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}</FileText>;
}
