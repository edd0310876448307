import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Card } from '../shared/page';
import { Fetched } from '../shared/states';
import { Badge } from '../shared/status';
import { runbookQuery } from './queries';
import type { Verdict } from './verdicts';

/** One part of the pipeline: its verdict, advice if something is wrong, and facts. */
export function Part<Data>({
  title,
  query,
  verdict,
  children,
}: {
  readonly title: string;
  readonly query: UseQueryResult<Data, Error>;
  readonly verdict: (data: Data) => Verdict;
  readonly children: (data: Data) => ReactNode;
}) {
  const result = query.data === undefined ? undefined : verdict(query.data);
  return (
    <Card title={title} actions={result && <Badge tone={result.tone}>{result.word}</Badge>}>
      <Fetched query={query} what={title.toLowerCase()}>
        {(data) => (
          <>
            {result && <Advice verdict={result} />}
            {children(data)}
          </>
        )}
      </Fetched>
    </Card>
  );
}

function Advice({ verdict: { advice, section, tone } }: { readonly verdict: Verdict }) {
  if (advice === undefined && section === undefined) return null;
  return (
    <div className={`advice advice-${tone}`}>
      {advice !== undefined && <p>{advice}</p>}
      {section !== undefined && <Runbook section={section} />}
    </div>
  );
}

/** A section of the runbook, loaded when it is opened. */
export function Runbook({ section }: { readonly section: string }) {
  const [isOpen, setOpen] = useState(false);
  const name = section.charAt(0).toUpperCase() + section.slice(1).replaceAll('-', ' ');
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What to do: docs/runbook.md, “{name}”</summary>
      {isOpen && <Section section={section} />}
    </details>
  );
}

function Section({ section }: { readonly section: string }) {
  const text = useQuery(runbookQuery(section));
  return (
    <Fetched query={text} what="the runbook">
      {(found) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
        <pre className="runbook" tabIndex={0}>
          {found.text}
        </pre>
      )}
    </Fetched>
  );
}

/** A list of names and values. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="fact-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
