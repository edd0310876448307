import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { OPEN_OUTCOMES, OUTCOMES, type Outcome } from '../../domain/ledger';
import { INPUT } from '../../domain/object-keys';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { byOutcome } from '../files/ledger';
import { ifThere, messagesIn, queueUrlOf } from '../queue';
import { readMarker } from './marker';
import type { SampleState } from './views';

/** What the guided first run offers: everything on an empty deployment, and the removal of the sample. */
export async function readSampleState(deployment: Deployment): Promise<SampleState> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const marker = await readMarker(bucket);
  const has_entry_points = (await queueUrlOf(deployment, deployment.names.eventQueue)) !== undefined;
  if (!marker) return { is_empty: await isEmptyDeployment(deployment), has_entry_points, sample: null };
  return {
    is_empty: false,
    has_entry_points,
    sample: {
      orders: marker.orders,
      events: marker.events?.count ?? 0,
      is_loading: await isBusy(deployment),
    },
  };
}

/** No file was ever processed, and none is waiting. */
export async function isEmptyDeployment(deployment: Deployment): Promise<boolean> {
  for (const outcome of OUTCOMES) if (await hasItem(deployment, outcome)) return false;
  return !(await hasWaiting(deployment));
}

/** Files or events are on their way: removing the sample now could miss some of it. */
export async function isBusy(deployment: Deployment): Promise<boolean> {
  for (const outcome of OPEN_OUTCOMES)
    if (outcome !== 'dead_letter' && (await hasItem(deployment, outcome))) return true;
  if (await hasWaiting(deployment)) return true;
  const events = await ifThere(messagesIn(deployment, deployment.names.eventQueue));
  return events !== undefined && events.waiting + events.in_flight > 0;
}

async function hasItem(deployment: Deployment, outcome: Outcome): Promise<boolean> {
  const { Items = [] } = await deployment.dynamoDb.send(
    new QueryCommand({ ...byOutcome(deployment, outcome), Limit: 1 }),
  );
  return Items.length > 0;
}

async function hasWaiting({ s3, bucket }: Deployment): Promise<boolean> {
  for await (const { key } of s3Bucket(s3, bucket).list(INPUT)) if (!key.endsWith('/')) return true;
  return false;
}
