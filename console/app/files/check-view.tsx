import './check.css';
import { formWords } from '../../../domain/file-form';
import { type CheckedTable, type FileCheck, isFaulty } from '../../api/checks';
import { FileText } from '../shared/file-text';
import { formatCount } from '../shared/format';
import { LinesToAdd } from './lines-to-add';

/** What a pipeline would do with a file: kind, first rows as typed, and what would be rejected. */
export function CheckView({
  check,
  isOpen = isFaulty(check),
}: {
  readonly check: FileCheck;
  readonly isOpen?: boolean;
}) {
  const { form, reason, tables, first_bad_rows, bad_rows, extra_columns, missing_columns } = check;
  const words = formWords(form);
  const more = bad_rows - first_bad_rows.length;
  return (
    <details className="upload-check" open={isOpen}>
      <summary>{summaryOf(check)}</summary>
      {words && <p className="small">{words}</p>}
      {reason && (
        <div className="upload-check-reason">
          <p>
            <FileText>{reason.reason}</FileText>.
          </p>
          <p>
            Remedy: <FileText>{reason.remedy}</FileText>.
          </p>
          <LinesToAdd declarations={reason.declarations} />
          {reason.details.length > 0 && (
            <ul>
              {reason.details.map((detail) => (
                <li key={detail}>
                  <FileText>{detail}</FileText>
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {extra_columns.length > 0 && <p className="small">Ignored columns: {extra_columns.join(', ')}</p>}
      {missing_columns.length > 0 && (
        <p className="small">Missing columns, read as no value: {missing_columns.join(', ')}</p>
      )}
      {tables.map((table) => (
        <FirstRows key={table.kind} table={table} />
      ))}
      {first_bad_rows.length > 0 && (
        <table className="upload-check-rows">
          <caption>Rows that would be rejected{more > 0 && `, and ${formatCount(more)} more`}</caption>
          <thead>
            <tr>
              <th scope="col">line</th>
              <th scope="col">column</th>
              <th scope="col">reason</th>
            </tr>
          </thead>
          <tbody>
            {first_bad_rows.map(({ line, column, reason: why }) => (
              <tr key={line}>
                <td>{line}</td>
                <td>{column}</td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}

function summaryOf({ kind, outcome, rows, bad_rows }: FileCheck): string {
  if (outcome === 'rejected') return kind === null ? 'would be rejected' : `${kind}: would be rejected`;
  const bad = bad_rows > 0 ? `, ${formatCount(bad_rows)} would be rejected` : '';
  return `${kind}: ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}${bad}`;
}

function FirstRows({ table }: { readonly table: CheckedTable }) {
  const { kind, contract, columns, first_rows } = table;
  if (first_rows.length === 0) return null;
  return (
    // It scrolls, so a keyboard must reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="upload-check-scroll" aria-label={`First rows of ${kind}`} tabIndex={0}>
      <table className="upload-check-rows">
        <caption>
          First rows of {kind} as typed, by the contract {contract}
        </caption>
        <thead>
          <tr>
            {columns.map(({ name, type, pseudonymized }) => (
              <th key={name} scope="col">
                {name} <span className="muted">{pseudonymized ? `${type}, pseudonymized` : type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first_rows.map((cells, row) => (
            <tr key={row}>
              {columns.map(({ name }, at) => (
                <td key={name}>{cells[at]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
