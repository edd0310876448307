import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { EventsHealth, RedrivenEvents } from '../../api/health';
import { Time } from '../shared/about';
import { postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { formatCount, formatDuration } from '../shared/format';
import { eventsVerdict, ORIGIN_NAMES } from './intake-verdicts';
import { Facts, Part } from './part';
import { eventsQuery } from './queries';

/** The entry points of events: rates, queue, stream and dead letters. */
export function Intake() {
  const events = useQuery(eventsQuery);
  return (
    <Part title="Event intake" query={events} verdict={(found) => eventsVerdict(found, new Date())}>
      {(found) => (
        <>
          <Facts facts={factsOf(found)} />
          {found.dead_letters > 0 && <RedriveEvents count={found.dead_letters} />}
        </>
      )}
    </Part>
  );
}

function factsOf({ queue, dead_letters, iterator_age_seconds, rates }: EventsHealth) {
  const received = rates.map(
    ({ origin, events_in_hour, last_at }) =>
      [
        ORIGIN_NAMES[origin],
        <span key={origin}>
          {formatCount(Math.round(events_in_hour / 60))} per minute, {formatCount(events_in_hour)} in the last
          hour; last <Time at={last_at} />
        </span>,
      ] as const,
  );
  if (!queue) return received;
  const age = (seconds: number | null) => (seconds === null ? 'no data' : formatDuration(seconds * 1000));
  return [
    ...received,
    [
      'Queue',
      queue.waiting + queue.in_flight === 0
        ? 'empty'
        : `${formatCount(queue.waiting)} waiting, ${formatCount(queue.in_flight)} in progress, oldest ${age(queue.oldest_seconds)}`,
    ],
    ...(iterator_age_seconds === null ? [] : [['Stream behind', age(iterator_age_seconds)] as const]),
    ['Dead letters', formatCount(dead_letters)],
  ] as const;
}

const KEPT = {
  bytes: 'no text: fix the producer (runbook)',
  stream: 'a batch of the stream: read it again (runbook)',
};

/** Writes the events in the dead-letter queue to input/events/. */
function RedriveEvents({ count }: { readonly count: number }) {
  const [answer, setAnswer] = useState<RedrivenEvents>();
  const client = useQueryClient();
  const kept = Object.entries(answer?.kept ?? {}).map(
    ([reason, messages]) => `${formatCount(messages)} kept: ${KEPT[reason as keyof typeof KEPT]}`,
  );
  return (
    <div className="row">
      <ConfirmButton
        label="Redrive events"
        question={`Redrive ${formatCount(count)} dead letters of events?`}
        onConfirm={async () => {
          setAnswer(await postJson<RedrivenEvents>('health/events/redrive'));
          await client.invalidateQueries({ queryKey: ['health'] });
        }}
      >
        <p>
          Their events are written to <code>input/events/</code>, as if they had just been received. Fix the
          cause first. An event that was already stored counts once.
        </p>
      </ConfirmButton>
      <span role="status">
        {answer &&
          [`${formatCount(answer.moved)} of ${formatCount(answer.dead_letters)} redriven`, ...kept].join(
            '; ',
          )}
      </span>
    </div>
  );
}
