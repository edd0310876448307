import {
  type ColumnDef,
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** The sort value, also shown if there is no `cell`. */
  readonly value: (row: Row) => string | number | null | undefined;
  readonly cell?: (row: Row) => ReactNode;
  /** Aligned right. */
  readonly numeric?: boolean;
  /** Relative width, default 1. */
  readonly width?: number;
  /** In pixels, at least that of the header; if the columns do not fit, the table scrolls horizontally. */
  readonly minWidth?: number;
  /** Hidden below 700 pixels. */
  readonly wideOnly?: boolean;
  /** A description of the header. */
  readonly title?: string | undefined;
  /** false: the header is not a button. */
  readonly sortable?: boolean;
}

/** Order of a table by one column. */
export interface TableSort {
  readonly id: string;
  readonly desc: boolean;
}

interface Props<Row> {
  /** Description for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  /** Makes rows act as buttons on click, Enter and Space. */
  readonly onOpen?: (row: Row) => void;
  readonly selected?: string | undefined;
  /** Maximum height in pixels; a longer table scrolls. */
  readonly height?: number;
  readonly initialSort?: TableSort;
  /** The order, if the caller keeps it, with `onSort`; undefined for that of the rows. */
  readonly sort?: TableSort | undefined;
  readonly onSort?: (sort: TableSort | undefined) => void;
  /** The rows are in the order of `sort` already. */
  readonly isSorted?: boolean;
  /** Called when the last row becomes visible, to load more. */
  readonly onEnd?: () => void;
}

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

const ROW_HEIGHT = 36;

/** Pixels of a header: its text, the mark of the order and the padding, all at most. */
const CHARACTER_WIDTH = 8;
const MARK_WIDTH = 18;
const PADDING = 28;

/** A sortable table that renders only visible rows, so that it stays fast with tens of thousands of rows. */
export function DataTable<Row extends object>({
  label,
  columns,
  rows,
  rowId,
  onOpen,
  selected,
  height = 480,
  initialSort,
  sort,
  onSort,
  isSorted = false,
  onEnd,
}: Props<Row>) {
  const [own, setOwn] = useState<SortingState>(initialSort ? [initialSort] : []);
  const sorting = useMemo(() => (onSort ? (sort ? [sort] : []) : own), [onSort, sort, own]);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map(({ id, header, value }) =>
      helper.accessor((row) => value(row) ?? undefined, {
        id,
        header,
        sortFn: 'basic',
        sortUndefined: 'last',
      }),
    ) as ColumnDef<typeof features, Row>[];
  }, [columns]);
  const table = useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    state: { sorting },
    manualSorting: isSorted,
    onSortingChange: (change) => {
      const next = typeof change === 'function' ? change(sorting) : change;
      if (onSort) onSort(next[0]);
      else setOwn(next);
    },
    getRowId: rowId,
  });
  const sorted = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    onChange: ({ range }) => {
      if (onEnd && range && range.endIndex >= sorted.length - 1) onEnd();
    },
  });
  const widthOf = ({ id, header, minWidth = 0 }: Column<Row>) => {
    const mark = sorting.some((one) => one.id === id) ? MARK_WIDTH : 0;
    return Math.max(minWidth, header.length * CHARACTER_WIDTH + mark + PADDING);
  };
  const track = (column: Column<Row>) => `minmax(${widthOf(column)}px, ${column.width ?? 1}fr)`;
  const template = columns.map(track).join(' ');
  const narrow = columns
    .filter(({ wideOnly }) => !wideOnly)
    .map(track)
    .join(' ');
  const minWidthOf = (shown: readonly Column<Row>[]) =>
    `${shown.reduce((total, column) => total + widthOf(column), 0)}px`;
  const style = {
    '--columns': template,
    '--columns-narrow': narrow,
    '--min-width': minWidthOf(columns),
    '--min-width-narrow': minWidthOf(columns.filter(({ wideOnly }) => !wideOnly)),
  } as React.CSSProperties;
  const classOf = ({ numeric, wideOnly }: Column<Row>) =>
    `${numeric ? 'numeric' : ''} ${wideOnly ? 'wide-only' : ''}`.trim();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: allows scrolling by keyboard
    <div ref={scroller} className="table" style={{ ...style, maxHeight: height }} tabIndex={0}>
      <table aria-label={label} aria-rowcount={sorted.length + 1}>
        <thead>
          <tr className="table-row" aria-rowindex={1}>
            {columns.map((column) => {
              const direction = sorting.find(({ id }) => id === column.id);
              const ariaSort = direction ? (direction.desc ? 'descending' : 'ascending') : 'none';
              return (
                <th
                  key={column.id}
                  scope="col"
                  aria-sort={column.sortable === false ? undefined : ariaSort}
                  className={classOf(column)}
                >
                  {column.sortable === false ? (
                    <span className="sort">{column.header}</span>
                  ) : (
                    <button
                      type="button"
                      className="sort"
                      title={column.title}
                      onClick={() => table.getColumn(column.id)?.toggleSorting()}
                    >
                      {column.header}
                      <span aria-hidden="true">{direction ? (direction.desc ? ' ▼' : ' ▲') : ''}</span>
                    </button>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = sorted[index];
            if (!row) return null;
            const open = onOpen && (() => onOpen(row.original));
            return (
              <tr
                key={row.id}
                aria-rowindex={index + 2}
                aria-selected={selected === row.id ? true : undefined}
                className={`table-row ${open ? 'table-row-open' : ''} ${selected === row.id ? 'selected' : ''}`}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
                tabIndex={open ? 0 : undefined}
                onClick={open}
                onKeyDown={
                  open &&
                  ((event) => {
                    if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' '))
                      return;
                    event.preventDefault();
                    open();
                  })
                }
              >
                {columns.map((column) => (
                  <td key={column.id} className={classOf(column)}>
                    {column.cell ? column.cell(row.original) : column.value(row.original)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
