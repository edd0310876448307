import { useEffect, useRef, useState } from 'react';
import type { HeaderMatch } from '../../../domain/header-match';
import type { BadRowEntry } from '../../api/files';
import { FileText } from '../shared/file-text';
import { Badge } from '../shared/status';
import { expectation, faultsOf, isFixed, type RowFaults } from './fixing';

interface Props {
  readonly row: BadRowEntry;
  readonly header: readonly string[];
  /** Number of columns in the table; some rows have more cells than the header. */
  readonly width: number;
  readonly match: HeaderMatch;
  /** The edited cells. */
  readonly edited: readonly string[] | undefined;
  readonly onEdit: (cells: readonly string[] | undefined) => void;
}

/** A row with its faults below, and input fields while it is edited. */
export function BadRow({ row, header, width, match, edited, onEdit }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState<readonly string[]>([]);
  // The first cell with a fault.
  const [focused, setFocused] = useState(0);
  const { line, reason } = row;
  if (row.cells === null) {
    return (
      <tbody>
        <tr>
          <th scope="row">{line}</th>
          <td colSpan={width}>
            <span className="row-fault">✕ {reason}.</span> Too long to show: download the rows to fix.
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
  const state = isFixed(faults) ? (edited || isOpen ? 'fixed' : 'unchanged') : 'bad';
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
                  Apply
                </button>
                {cells.length < header.length && (
                  <button type="button" onClick={() => setDraft([...draft, ''])}>
                    Add cell at end
                  </button>
                )}
                <button type="button" onClick={() => setOpen(false)}>
                  Cancel
                </button>
              </>
            ) : (
              <button type="button" onClick={open} aria-label={`Fix line ${line}`}>
                {edited ? 'Edit again' : 'Fix'}
              </button>
            )}
            {edited && !isOpen && (
              <button type="button" onClick={() => close(undefined)} aria-label={`Undo line ${line}`}>
                Undo
              </button>
            )}
            {state === 'fixed' && <Badge tone="good">fixed</Badge>}
            {state === 'unchanged' && <span className="row-fault">✕ {reason}</span>}
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
          <span className="visually-hidden">invalid: </span>
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
  /** Receives the focus. */
  readonly isFirst: boolean;
  /** True if the row has more or fewer cells than the header, so that cells must be added or removed. */
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
          <button type="button" onClick={onInsert} aria-label={`Insert an empty cell before ${label}`}>
            insert before
          </button>
          <button type="button" onClick={onRemove} aria-label={`Remove ${label}`}>
            remove
          </button>
        </span>
      )}
    </span>
  );
}

/** A row with unknown columns. */
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
