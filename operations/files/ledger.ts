import { type AttributeValue, paginateQuery, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type LedgerItem, OPEN_OUTCOMES, OUTCOMES, type Outcome } from '../../domain/ledger';
import { BY_OUTCOME_INDEX } from '../../domain/names';
import { INPUT } from '../../domain/object-keys';
import type { ObjectInfo } from '../../storage/bucket';
import { ledgerItem } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';

/** An upload from the ledger, or a file in `input/` that the pipeline has not processed yet. */
export type FileView = Pick<LedgerItem, 'key' | 'etag' | 'size' | 'uploaded_at' | 'outcome'> &
  Partial<LedgerItem>;

/** The object key of a file; the prefix `input/` may be omitted. */
export function inputKey(key: string): string {
  return key.startsWith(INPUT) ? key : INPUT + key;
}

/** Every upload of a key, newest first, including a file in `input/` that is not in the ledger yet. */
export async function readUploads(deployment: Deployment, key: string, limit: number): Promise<FileView[]> {
  const items = await query(deployment, limit, {
    KeyConditionExpression: '#k = :k',
    ExpressionAttributeNames: { '#k': 'key' },
    ExpressionAttributeValues: { ':k': { S: key } },
    ConsistentRead: true,
  });
  const waiting = await s3Bucket(deployment.s3, deployment.bucket).head(key);
  const unseen =
    waiting && !items.some((item) => isOpen(item) && item.etag === waiting.etag) ? [view(waiting)] : [];
  return [...unseen, ...items].slice(0, limit);
}

/** The uploads with the latest outcomes, or of one outcome, newest first. */
export async function readLatest(
  deployment: Deployment,
  limit: number,
  outcome?: Outcome,
): Promise<FileView[]> {
  const wanted = outcome === undefined ? OUTCOMES : [outcome];
  const listed = await Promise.all(wanted.map((one) => ofOutcome(deployment, one, limit)));
  const unseen = wanted.includes('waiting') ? await readUnseen(deployment) : [];
  return [...listed.flat(), ...unseen].sort((a, b) => (timeOf(a) > timeOf(b) ? -1 : 1)).slice(0, limit);
}

/** Objects in `input/` without an open item in the ledger: their messages have not been received yet. */
export async function readUnseen(deployment: Deployment): Promise<FileView[]> {
  const open = await Promise.all(
    OPEN_OUTCOMES.map((outcome) => ofOutcome(deployment, outcome, Number.POSITIVE_INFINITY)),
  );
  const known = new Set(open.flat().map(({ key, etag }) => `${etag} ${key}`));
  const unseen: FileView[] = [];
  for await (const object of s3Bucket(deployment.s3, deployment.bucket).list(INPUT)) {
    if (!object.key.endsWith('/') && !known.has(`${object.etag} ${object.key}`)) unseen.push(view(object));
  }
  return unseen;
}

const view = ({ key, etag, size, lastModified }: ObjectInfo): FileView => ({
  key,
  etag,
  size,
  uploaded_at: lastModified.toISOString(),
  outcome: 'waiting',
});

const isOpen = ({ outcome }: FileView): boolean => (OPEN_OUTCOMES as readonly Outcome[]).includes(outcome);
const timeOf = ({ updated_at, uploaded_at }: FileView): string => updated_at ?? uploaded_at;

/** A query for the uploads of an outcome, newest first. */
export const byOutcome = (
  { names }: Pick<Deployment, 'names'>,
  outcome: Outcome,
): QueryCommandInput & { TableName: string } => ({
  TableName: names.ledgerTable,
  IndexName: BY_OUTCOME_INDEX,
  KeyConditionExpression: '#o = :o',
  ExpressionAttributeNames: { '#o': 'outcome' },
  ExpressionAttributeValues: { ':o': { S: outcome } },
  ScanIndexForward: false,
});

/** The uploads of an outcome, newest first. @param since ISO 8601, of the outcome; undefined for all */
export async function* itemsOf(
  deployment: Deployment,
  outcome: Outcome,
  since?: string,
): AsyncGenerator<LedgerItem, undefined> {
  const query = byOutcome(deployment, outcome);
  const pages = paginateQuery(
    { client: deployment.dynamoDb },
    since === undefined
      ? query
      : {
          ...query,
          KeyConditionExpression: `${query.KeyConditionExpression} and #u >= :u`,
          ExpressionAttributeNames: { ...query.ExpressionAttributeNames, '#u': 'updated_at' },
          ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':u': { S: since } },
        },
  );
  for await (const { Items = [] } of pages) yield* Items.map(ledgerItem);
  return undefined;
}

const ofOutcome = (deployment: Deployment, outcome: Outcome, limit: number): Promise<LedgerItem[]> =>
  query(deployment, limit, byOutcome(deployment, outcome));

/** Newest first. */
async function query(
  { dynamoDb, names }: Deployment,
  limit: number,
  input: Omit<QueryCommandInput, 'TableName'>,
): Promise<LedgerItem[]> {
  const items: Record<string, AttributeValue>[] = [];
  const pages = paginateQuery(
    { client: dynamoDb },
    {
      ...input,
      TableName: names.ledgerTable,
      ScanIndexForward: false,
      ...(limit < 1000 && { Limit: limit }),
    },
  );
  for await (const { Items = [] } of pages) {
    items.push(...Items);
    if (items.length >= limit) break;
  }
  return items.slice(0, limit).map(ledgerItem);
}
