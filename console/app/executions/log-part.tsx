import { useQuery } from '@tanstack/react-query';
import type { LogLine } from '../../api/executions';
import { useAbout } from '../shared/about';
import { Fetched } from '../shared/states';
import { type LogsRequest, logsQuery } from './queries';

/** The log of the state's task or function. */
export function LogPart(request: LogsRequest) {
  const logs = useQuery(logsQuery(request));
  const { to } = request;
  return (
    <details open>
      <summary>Log</summary>
      <Fetched query={logs} what="log lines">
        {({ lines, truncated, group }) => {
          if (group === null) return <p className="muted">This state writes no log.</p>;
          if (lines.length === 0) return <p className="muted">No lines{to === null && ' yet'}.</p>;
          return (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
              <ol className="log" aria-label="Log lines" tabIndex={0}>
                {lines.map((line, n) => (
                  <Line key={n} line={line} />
                ))}
              </ol>
              {truncated && (
                <p className="muted small">
                  More lines are in <code>{group}</code>.
                </p>
              )}
            </>
          );
        }}
      </Fetched>
    </details>
  );
}

function Line({ line: { at, level, message, fields } }: { readonly line: LogLine }) {
  const timeZone = useAbout()?.timeZone ?? 'UTC';
  return (
    <li className={level === 'ERROR' || level === 'CRITICAL' ? 'bad' : level === 'WARN' ? 'warn' : undefined}>
      <time dateTime={at}>{timeOfDay(at, timeZone)}</time> {level !== null && <span>{level}</span>} {message}
      {fields !== null && <span className="muted"> {fields}</span>}
    </li>
  );
}

function timeOfDay(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  }).format(new Date(at));
}
