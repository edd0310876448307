import type { FunnelLevel } from '../../api/funnel';
import { formatCount } from '../shared/format';
import { Card } from '../shared/page';
import { funnelRate, STEPS } from './funnel-text';

interface Props {
  readonly title: string;
  readonly hint: string;
  /** All sessions, then the steps. */
  readonly levels: readonly FunnelLevel[];
}

const NAMES = ['All sessions', ...STEPS.map(({ name }) => name)];

/** A funnel as bars of a common scale, with the rate and the loss from each step to the next. */
export function Levels({ title, hint, levels }: Props) {
  const [all] = levels;
  return (
    <Card title={title}>
      <p className="muted small kpi-hint">{hint}</p>
      <ol className="funnel-levels">
        {levels.map((level, at) => (
          <li key={NAMES[at]}>
            <div className="funnel-level">
              <span>{NAMES[at]}</span>
              <strong>{formatCount(level.sessions)}</strong>
              <span className="muted">{funnelRate(level.of_all)}</span>
            </div>
            <div className="funnel-track" aria-hidden="true">
              <div className="funnel-bar" style={{ width: widthOf(level.sessions, all?.sessions ?? 0) }} />
            </div>
            {level.lost !== null && (
              <div className="muted small">
                {funnelRate(level.of_previous)} of the step before; {lossText(level.lost)}
              </div>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

const widthOf = (sessions: number, all: number): string => `${all === 0 ? 0 : (100 * sessions) / all}%`;

/** In an open funnel more sessions can reach a step than the one before it. */
const lossText = (lost: number): string =>
  lost < 0 ? `${formatCount(-lost)} more` : `${formatCount(lost)} lost`;
