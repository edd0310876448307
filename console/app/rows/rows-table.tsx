import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import type { RowCells, RowColumn, RowsPage } from '../../api/rows';
import { lineageLink } from '../lineage/address';
import { useAbout } from '../shared/about';
import { type Column, DataTable } from '../shared/data-table';
import { FileText } from '../shared/file-text';
import { Empty } from '../shared/states';
import { isAmount, titleOf, valueText, widthOf } from './column-text';
import { Pager } from './pager';
import type { ChooseRows, RowsChoice } from './use-rows';
import './rows.css';

interface Row {
  readonly id: string;
  readonly cells: RowCells;
}

/** How a page shows some of its columns. */
export interface ShownColumn {
  readonly name: string;
  /** Its name in words if not given. */
  readonly header?: string;
  readonly cell?: (value: string | null, other: (name: string) => string | null) => ReactNode;
  readonly minWidth?: number;
}

interface Props {
  readonly label: string;
  readonly page: RowsPage;
  readonly choice: RowsChoice;
  readonly choose: ChooseRows;
  /** The columns to show, in their order; all if not given. */
  readonly show?: readonly ShownColumn[] | undefined;
  /** The mart whose rows they are, with their keys: each row links to where its values come from. */
  readonly mart?: string | undefined;
}

/** A page of rows with the headers to sort by, and the way to the other pages. */
export function RowsTable({ label, page, choice, choose, show, mart }: Props) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  const columns = useMemo(
    () => [
      ...columnsOf(page.columns, show, timeZone),
      ...(mart === undefined ? [] : [lineageColumn(mart, page.columns)]),
    ],
    [page.columns, show, timeZone, mart],
  );
  const rows = useMemo(() => {
    const keys = page.columns.flatMap(({ is_key }, at) => (is_key ? [at] : []));
    return page.rows.map((cells): Row => ({ id: JSON.stringify(keys.map((at) => cells[at])), cells }));
  }, [page]);
  const isChosen = choice.where.length > 0 || choice.from !== undefined || choice.to !== undefined;
  if (page.total === 0) {
    return (
      <Empty title={isChosen ? 'No row meets the conditions' : 'There are no rows'}>
        {isChosen
          ? 'Remove a condition, or choose other days.'
          : 'Rows appear with the next execution that has data for them.'}
      </Empty>
    );
  }
  const sort = choice.sort === undefined ? undefined : { id: choice.sort, desc: choice.desc };
  return (
    <>
      <Pager {...page} onPage={choose.page} />
      <DataTable
        key={`${page.page} ${choice.sort} ${choice.desc}`}
        label={label}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        height={520}
        sort={sort}
        onSort={choose.sort}
        isSorted
      />
    </>
  );
}

function lineageColumn(mart: string, columns: readonly RowColumn[]): Column<Row> {
  const key = columns.filter(({ is_key }) => is_key).map(({ name }) => name);
  return {
    id: 'lineage',
    header: 'Lineage',
    value: () => null,
    cell: ({ cells }) => {
      const row = Object.fromEntries(columns.map(({ name }, at) => [name, cells[at] ?? null]));
      const link = lineageLink({ mart }, key, row);
      return link && <Link href={link}>Where from</Link>;
    },
    sortable: false,
    minWidth: 110,
    width: 110,
  };
}

function columnsOf(
  columns: readonly RowColumn[],
  show: readonly ShownColumn[] | undefined,
  timeZone: string,
): Column<Row>[] {
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  const shown = show ?? columns.map(({ name }): ShownColumn => ({ name }));
  return shown.flatMap(({ name, header, cell, minWidth }): Column<Row>[] => {
    const at = places.get(name);
    const column = at === undefined ? undefined : columns[at];
    if (at === undefined || !column) return [];
    const width = minWidth ?? widthOf(column);
    return [
      {
        id: name,
        header: header ?? titleOf(name),
        title: column.description?.replaceAll('`', ''),
        // A number, so that the first click on its header puts the greatest first.
        value: ({ cells }) => (isAmount(column) && cells[at] ? Number(cells[at]) : cells[at]),
        cell: ({ cells }) =>
          cell ? (
            cell(cells[at] ?? null, (of) => cells[places.get(of) ?? -1] ?? null)
          ) : (
            <CellText column={column} value={cells[at] ?? null} timeZone={timeZone} />
          ),
        numeric: isAmount(column),
        minWidth: width,
        width,
      },
    ];
  });
}

/** A value as text; a dash without one. */
export function CellText({
  column,
  value,
  timeZone,
}: {
  readonly column: RowColumn;
  readonly value: string | null;
  readonly timeZone: string;
}) {
  if (value === null) {
    return (
      <span className="muted" title="no value">
        –
      </span>
    );
  }
  if (column.type !== 'text') return valueText(column, value, timeZone);
  return (
    <span title={value}>
      <FileText>{value}</FileText>
    </span>
  );
}
