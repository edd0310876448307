import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { compactTime } from '../../domain/time';
import { simulatedEvents } from '../../fixtures/generator/events/simulation';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { queueUrlOf } from '../queue';
import { readMarker, type SampleMarker, writeMarker } from './marker';
import { isEmptyDeployment } from './sample-state';

const EVENTS = 1_500;
/** So few at a time that most visits are complete. */
const RATE = 0.5;
const HOUR_MS = 3_600_000;
/** Well below the 256 KiB of a message. */
const EVENTS_PER_MESSAGE = 100;

type SampleEvent = Record<string, unknown> & { readonly event_id: string };

/** The sample's events, the same for every call with one run; their times are to be given. */
export function sampleEvents(run: string): SampleEvent[] {
  const events: SampleEvent[] = [];
  for (const event of simulatedEvents({ rate: RATE, bots: 0.05, seed: 7, run })) {
    events.push(event as SampleEvent);
    if (events.length === EVENTS) break;
  }
  return events;
}

/**
 * Sends the events of an hour of visits to the queue of events, as a producer does. A repetition of an interrupted call sends the same
 * events, which count once.
 * @throws DeploymentError for a deployment without entry points, or with data that is not the sample's
 */
export async function sendSampleEvents(deployment: Deployment, now: Date): Promise<SampleMarker> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const QueueUrl = await queueUrlOf(deployment, deployment.names.eventQueue);
  if (QueueUrl === undefined) throw new DeploymentError('this deployment has no entry points for events');
  const before = await readMarker(bucket);
  if (!before && !(await isEmptyDeployment(deployment))) {
    throw new DeploymentError('this deployment already has data: the sample is only for an empty one');
  }
  const sent = before?.events ?? {
    run: `sample-${compactTime(now)}`,
    count: EVENTS,
    sent_at: now.toISOString(),
  };
  const marker: SampleMarker = {
    ...(before ?? { started_at: now.toISOString(), files: [], orders: 0 }),
    events: sent,
  };
  await writeMarker(bucket, marker);
  const end = Date.parse(sent.sent_at);
  const lines = sampleEvents(sent.run).map((event, at) => {
    const event_time = new Date(end - HOUR_MS + ((at + 1) * HOUR_MS) / (EVENTS + 1)).toISOString();
    return JSON.stringify({ ...event, event_time });
  });
  for (let at = 0; at < lines.length; at += EVENTS_PER_MESSAGE) {
    const MessageBody = lines.slice(at, at + EVENTS_PER_MESSAGE).join('\n');
    await deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  }
  return marker;
}
