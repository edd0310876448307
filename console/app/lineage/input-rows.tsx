import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { plural } from '../../../domain/plural';
import type { LineageInput, LineageRows, MartRowLineage } from '../../api/lineage';
import { inOneLine } from '../lake/cells';
import { type Column, DataTable } from '../shared/data-table';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { Fetched } from '../shared/states';
import { lineageLink } from './address';
import { inputRowsQuery, ROWS } from './queries';

interface Props {
  readonly lineage: MartRowLineage;
  readonly rowKey: Readonly<Record<string, string>>;
  readonly input: LineageInput;
}

/** The rows of one input, each of which leads to its own lineage. */
export function InputRows({ lineage, rowKey, input }: Props) {
  const [search, setSearch] = useSearchParams();
  const name = `rows.${input.view}`;
  const offset = Math.max(0, Number.parseInt(search.get(name) ?? '0', 10) || 0);
  const rows = useQuery(inputRowsQuery(lineage.mart, rowKey, lineage.version, input.view, offset));
  const go = (to: number) =>
    setSearch((current) => {
      const next = new URLSearchParams(current);
      if (to <= 0) next.delete(name);
      else next.set(name, String(to));
      return next;
    });
  return (
    <Card
      title={`${input.name}: ${plural(input.rows, 'row', formatCount)}`}
      actions={input.rows > ROWS && <Pages offset={offset} total={input.rows} go={go} />}
    >
      <p className="lineage-note muted">{wordsOf(input)}</p>
      {input.rows > 0 && (
        <Fetched query={rows} what="rows">
          {(found) => <Rows input={input} found={found} />}
        </Fetched>
      )}
    </Card>
  );
}

function wordsOf({ location, is_mart, where, referred_by, version, rows }: LineageInput) {
  const what = is_mart ? 'another mart' : 'rows of files';
  const as = version === null ? 'the table did not exist' : `version ${version}`;
  if (referred_by !== null) {
    return (
      <>
        <code>{location}</code> ({as}): the rows that the rows of {referred_by} refer to.
      </>
    );
  }
  return (
    <>
      <code>{location}</code> ({what}, {as}): {rows === 0 ? 'no rows' : 'those'}
      {where.length > 0 ? (
        <>
          {' '}
          with{' '}
          {where.map(({ column, value }, at) => (
            <span key={column}>
              {at > 0 && ' and '}
              {column} <bdi>{value ?? 'no value'}</bdi>
            </span>
          ))}
        </>
      ) : (
        ' that the query reads for this row'
      )}
      .
    </>
  );
}

function Pages({
  offset,
  total,
  go,
}: {
  readonly offset: number;
  readonly total: number;
  readonly go: (offset: number) => void;
}) {
  const last = Math.min(offset + ROWS, total);
  return (
    <>
      <span className="muted small" role="status">
        {formatCount(offset + 1)} to {formatCount(last)} of {formatCount(total)}
      </span>
      <button type="button" disabled={offset === 0} onClick={() => go(offset - ROWS)}>
        Previous
      </button>
      <button type="button" disabled={last >= total} onClick={() => go(offset + ROWS)}>
        Next
      </button>
    </>
  );
}

interface Row {
  readonly index: number;
  readonly link: string | undefined;
  readonly cells: readonly (string | null)[];
}

const CHARACTER_WIDTH = 9;

/** The columns with the place of a row in files. */
const HEADERS: Readonly<Record<string, string>> = { _source_key: 'file', _source_line: 'line' };

function Rows({ input, found }: { readonly input: LineageInput; readonly found: LineageRows }) {
  const [, navigate] = useLocation();
  const { columns, rows } = found;
  const definitions = useMemo(
    () =>
      columns.map((name, index): Column<Row> => {
        const longest = Math.max(name.length + 2, ...rows.map((cells) => (cells[index] ?? 'null').length));
        const width = Math.min(260, Math.max(80, longest * CHARACTER_WIDTH + 24));
        return {
          id: name,
          header: HEADERS[name] ?? name,
          value: ({ cells }) => cells[index],
          cell: (row) =>
            index === 0 && row.link !== undefined ? (
              <Link href={row.link} onClick={(event) => event.stopPropagation()}>
                <CellText text={row.cells[index] ?? null} />
              </Link>
            ) : (
              <CellText text={row.cells[index] ?? null} />
            ),
          width,
          minWidth: width,
        };
      }),
    [columns, rows],
  );
  const table = input.is_mart ? { mart: input.name } : { table: input.location };
  const linked = rows.map((cells, index): Row => {
    const row = Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? null]));
    return { index, link: lineageLink(table, input.key, row), cells };
  });
  return (
    <DataTable
      label={`Rows of ${input.name}`}
      columns={definitions}
      rows={linked}
      rowId={({ index }) => String(index)}
      height={420}
      onOpen={({ link }) => {
        if (link !== undefined) navigate(link);
      }}
    />
  );
}

function CellText({ text }: { readonly text: string | null }) {
  if (text === null) return <span className="muted">no value</span>;
  return <bdi title={text}>{inOneLine(text)}</bdi>;
}
