import { useEffect, useRef, useState } from 'react';
import type { HeaderMatch } from '../../../domain/file-rules';
import type { BadRowEntry } from '../../api/files';
import { FileText } from '../shared/file-text';
import { Badge } from '../shared/status';
import { expectation, faultsOf, isMended, type RowFaults } from './mending';

interface Props {
  readonly row: BadRowEntry;
  readonly header: readonly string[];
  /** Columns of the table: some rows have more cells than the header. */
  readonly width: number;
  readonly match: HeaderMatch;
  /** Its cells as they were changed. */
  readonly edited: readonly string[] | undefined;
  readonly onEdit: (cells: readonly string[] | undefined) => void;
}

/** A row in the file's columns, what is wrong with it below, and its cells to be changed once that is asked for. */
export function BadRow({ row, header, width, match, edited, onEdit }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState<readonly string[]>([]);
  // The cell to begin with: the first that is wrong.
  const [focused, setFocused] = useState(0);
  const { line, reason } = row;
  if (row.cells === null) {
    return (
      <tbody>
        <tr>
          <th scope="row">{line}</th>
          <td colSpan={width}>
            <span className="row-fault">✕ {reason}.</span> Too long to be shown whole: download the rows to
            mend.
          </td>
        </tr>
      </tbody>
    );
  }
  const cells = isOpen ? draft : (edited ?? row.cells);
  const faults = faultsOf(cells, match, row.isGuess && !isOpen && edited === undefined);
  const open = () => {
    setDraft(edited ?? row.cells ?? []);
    setFocused([...faults.cells.keys()][0] ?? 0);
    setOpen(true);
  };
  const close = (kept: readonly string[] | undefined) => {
    onEdit(kept);
    setOpen(false);
  };
  const state = isMended(faults) ? (edited || isOpen ? 'mended' : 'right') : 'bad';
  return (
    <tbody className={`bad-row ${edited ? 'bad-row-edited' : ''}`} aria-label={`Line ${line}`}>
      <tr>
        <th scope="row">{line}</th>
        {cells.map((cell, at) => (
          <td key={at} className={faults.cells.has(at) ? 'cell-bad' : undefined}>
            {isOpen ? (
              <CellInput
                line={line}
                name={header[at]?.trim() || `column ${at + 1}`}
                expected={expectation(match, at)}
                cell={cell}
                fault={faults.cells.get(at)}
                isFirst={at === focused}
                canShift={cells.length !== header.length}
                onChange={(text) => setDraft(draft.with(at, text))}
                onRemove={() => setDraft(draft.toSpliced(at, 1))}
                onInsert={() => setDraft(draft.toSpliced(at, 0, ''))}
              />
            ) : (
              <Cell cell={cell} fault={faults.cells.get(at)} />
            )}
          </td>
        ))}
        {cells.length < width && <td colSpan={width - cells.length} />}
      </tr>
      <tr className="bad-row-reasons">
        <td />
        <td colSpan={width}>
          <div className="row">
            {isOpen ? (
              <>
                <button type="button" className="primary" onClick={() => close(draft)}>
                  Keep
                </button>
                {cells.length < header.length && (
                  <button type="button" onClick={() => setDraft([...draft, ''])}>
                    Add a cell at the end
                  </button>
                )}
                <button type="button" onClick={() => setOpen(false)}>
                  Cancel
                </button>
              </>
            ) : (
              <button type="button" onClick={open} aria-label={`Mend line ${line}`}>
                {edited ? 'Change again' : 'Mend'}
              </button>
            )}
            {edited && !isOpen && (
              <button type="button" onClick={() => close(undefined)} aria-label={`Undo line ${line}`}>
                Undo
              </button>
            )}
            {state === 'mended' && <Badge tone="good">mended</Badge>}
            {state === 'right' && <span className="row-fault">✕ {reason}</span>}
            {state === 'bad' && <Reasons faults={faults} header={header} />}
          </div>
        </td>
      </tr>
    </tbody>
  );
}

function Reasons({ faults, header }: { readonly faults: RowFaults; readonly header: readonly string[] }) {
  return (
    <ul className="row-faults">
      {faults.row !== undefined && (
        <li className="row-fault">
          ✕ <FileText>{faults.row}</FileText>
        </li>
      )}
      {[...faults.cells].map(([at, reason]) => (
        <li key={at} className="row-fault">
          ✕ <FileText>{header[at]?.trim() ?? ''}</FileText>: <FileText>{reason}</FileText>
        </li>
      ))}
    </ul>
  );
}

function Cell({ cell, fault }: { readonly cell: string; readonly fault: string | undefined }) {
  return (
    <span className="cell" title={fault}>
      {fault !== undefined && (
        <>
          <span aria-hidden="true">✕ </span>
          <span className="visually-hidden">wrong: </span>
        </>
      )}
      {cell === '' ? <span className="muted">empty</span> : <FileText>{cell}</FileText>}
    </span>
  );
}

interface CellInputProps {
  readonly line: number;
  readonly name: string;
  readonly expected: string;
  readonly cell: string;
  readonly fault: string | undefined;
  /** Has the focus once it is there. */
  readonly isFirst: boolean;
  /** The row has more or fewer cells than the header: some are to be put in or taken out. */
  readonly canShift: boolean;
  readonly onChange: (cell: string) => void;
  readonly onRemove: () => void;
  readonly onInsert: () => void;
}

function CellInput({
  line,
  name,
  expected,
  cell,
  fault,
  isFirst,
  canShift,
  onChange,
  onRemove,
  onInsert,
}: CellInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) input.current?.focus();
  }, [isFirst]);
  const label = `${name} of line ${line}`;
  return (
    <span className="cell-edit">
      {cell.includes('\n') ? (
        <textarea aria-label={label} value={cell} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input
          ref={input}
          aria-label={label}
          aria-invalid={fault !== undefined}
          title={fault}
          value={cell}
          onChange={(event) => onChange(event.target.value)}
          spellCheck={false}
        />
      )}
      <span className="muted small">{expected}</span>
      {canShift && (
        <span className="row cell-shift">
          <button type="button" onClick={onInsert} aria-label={`Put an empty cell before ${label}`}>
            + before
          </button>
          <button type="button" onClick={onRemove} aria-label={`Take out ${label}`}>
            take out
          </button>
        </span>
      )}
    </span>
  );
}

/** A row whose columns are not known. */
export function BadRowText({ row }: { readonly row: BadRowEntry }) {
  return (
    <li>
      <p>
        Line {row.line}:{' '}
        <span className="row-fault">
          ✕ {row.columns.join(', ')} {row.reason}
        </span>
      </p>
      <pre>
        <FileText>{row.text}</FileText>
      </pre>
    </li>
  );
}
