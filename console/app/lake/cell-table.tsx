import { useMemo } from 'react';
import { useLocation } from 'wouter';
import type { Cell, ColumnView } from '../../api/lake';
import { type Column, DataTable } from '../shared/data-table';
import { inOneLine, isNumeric, sortValue, widthOf } from './cells';

interface Props {
  readonly label: string;
  readonly columns: readonly ColumnView[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where a row leads to, by its cells. */
  readonly linkOf?: (cells: readonly Cell[]) => string | undefined;
}

interface Row {
  readonly index: number;
  readonly cells: readonly Cell[];
}

/** A table of arbitrary columns with exact values. */
export function CellTable({ label, columns, rows, linkOf }: Props) {
  const [, navigate] = useLocation();
  const definitions = useMemo(
    () =>
      columns.map(({ name, type }, index): Column<Row> => {
        const width = widthOf(name, rows, index);
        return {
          id: String(index),
          header: name,
          value: ({ cells }) => sortValue(cells[index], type),
          cell: ({ cells }) => <CellText cell={cells[index]} />,
          numeric: isNumeric(type),
          minWidth: width,
          width,
        };
      }),
    [columns, rows],
  );
  const numbered = useMemo(() => rows.map((cells, index): Row => ({ index, cells })), [rows]);
  return (
    <DataTable
      key={columns.map(({ name }) => name).join('\0')}
      label={label}
      columns={definitions}
      rows={numbered}
      rowId={({ index }) => String(index)}
      height={560}
      {...(linkOf && {
        onOpen: ({ cells }: Row) => {
          const link = linkOf(cells);
          if (link !== undefined) navigate(link);
        },
      })}
    />
  );
}

function CellText({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === null || cell === undefined) return <span className="muted">null</span>;
  const text = String(cell);
  return (
    <bdi className="cell" title={text}>
      {inOneLine(text)}
    </bdi>
  );
}
