import { START, type StateRun } from '../../../domain/execution-history';
import { Badge } from '../shared/status';
import { remarks, STATUS_TONES, STATUS_WORDS } from './state-status';

export interface StateBoxProps {
  readonly name: string;
  readonly type: string;
  /** The marker of the start or end. */
  readonly isTerminal: boolean;
  /** It contains other states. */
  readonly isAround: boolean;
  /** undefined if the state was not entered. */
  readonly run: StateRun | undefined;
  readonly hasEnded: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (name: string) => void;
}

/** A state of the graph: a button that shows its details. */
export function StateBox({
  name,
  type,
  isTerminal,
  isAround,
  run,
  hasEnded,
  isSelected,
  onSelect,
}: StateBoxProps) {
  if (isTerminal) return <div className="state-terminal">{name === START ? 'start' : 'end'}</div>;
  const said = run ? remarks(run) : '';
  return (
    <div
      className={`state-box ${isAround ? 'state-around' : ''} ${run ? `status-${run.status}` : 'status-none'}`}
    >
      <button
        type="button"
        className="nodrag nopan"
        aria-pressed={isSelected}
        data-state={name}
        data-status={run?.status ?? 'none'}
        onClick={() => onSelect(name)}
      >
        <span className="state-name">{name}</span>
        <span className="state-line">
          {run ? (
            <Badge tone={STATUS_TONES[run.status]}>{STATUS_WORDS[run.status]}</Badge>
          ) : (
            <span className="muted small">{hasEnded ? 'not entered' : type}</span>
          )}
          {said && <span className="small">{said}</span>}
        </span>
      </button>
    </div>
  );
}
