import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  expiresAt,
  LEDGER_TRANSACTION_FILES,
  type LedgerItem,
  type LedgerKey,
  ledgerItemSchema,
  ledgerKey,
  MAX_RECEIVES,
  OPEN_OUTCOMES,
  type Outcome,
  REASON_LENGTH,
  replaceable,
} from '../../domain/ledger';
import { backOff } from '../back-off';
import { chunksOf, inParallel } from '../parallel';
import type { Ledger } from './ledger';

/** Concurrent writes. */
const WRITES = 32;

/** Most writes in one transaction, and concurrent transactions. */
const TRANSACTION_WRITES = 100;
const TRANSACTIONS = 4;

/** Before what was left over is asked for again. */
const BACK_OFF = { firstMs: 50, maxMs: 5000 };

/** Most keys in one request, and concurrent requests. */
const READ_KEYS = 100;
const READS = 4;

type Value = string | number | undefined;

interface Change {
  readonly upload: LedgerKey;
  /** undefined removes the attribute. */
  readonly set: Readonly<Record<string, Value>>;
  /** Attributes to set only if the item has none. */
  readonly first?: Readonly<Record<string, string>>;
  readonly execution?: string;
  /** Outcomes that the item may have. A new item is allowed as well, unless `onlyOf` requires its execution. */
  readonly replaces: readonly Outcome[];
  readonly onlyOf?: string;
}

/**
 * A client for thousands of small requests. An on-demand table throttles while it grows, and the SDK waits longer with every
 * attempt. Caching the middleware stack saves a tenth of a request's CPU time, a quarter when warm.
 */
export const ledgerClient = (config: DynamoDBClientConfig = {}): DynamoDBClient =>
  new DynamoDBClient({ maxAttempts: 10, cacheMiddleware: true, ...config });

/** The ledger in a DynamoDB table (`infra/ledger.ts`). */
export function dynamoDbLedger(client: DynamoDBClient, table: string): Ledger {
  const apply = async (change: Change): Promise<void> => {
    try {
      await client.send(new UpdateItemCommand({ TableName: table, ...updateOf(change) }));
    } catch (error) {
      // The item has an outcome that says more.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  const applyEach = (changes: readonly Change[]) => inParallel(WRITES, changes, apply).then(() => undefined);
  /** Together, each with its condition. If one of them does not hold, or another writer is at one of the items, one by one. */
  const applyTogether = async (changes: readonly Change[]): Promise<void> => {
    const TransactItems = changes.map((change) => ({ Update: { TableName: table, ...updateOf(change) } }));
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      await applyEach(changes);
    }
  };
  const applyAll = async (changes: readonly Change[]): Promise<void> => {
    if (changes.length < LEDGER_TRANSACTION_FILES) return applyEach(changes);
    await inParallel(TRANSACTIONS, chunksOf(changes, TRANSACTION_WRITES), applyTogether);
  };

  return {
    async read(upload) {
      const Key = { key: { S: upload.key }, upload: { S: upload.upload } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && ledgerItem(Item);
    },

    async readAll(uploads) {
      const batches = chunksOf(uploads, READ_KEYS);
      return (await inParallel(READS, batches, (batch) => readBatch(client, table, batch))).flat();
    },

    async latest(key, before) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: 1,
          KeyConditionExpression: before === undefined ? '#k = :k' : '#k = :k and #u < :u',
          ExpressionAttributeNames: { '#k': 'key', ...(before !== undefined && { '#u': 'upload' }) },
          ExpressionAttributeValues: {
            ':k': { S: key },
            ...(before !== undefined && { ':u': { S: before } }),
          },
        }),
      );
      return Items[0] && ledgerItem(Items[0]);
    },

    begin: (executionId, files, at) =>
      applyAll(
        files.map(({ key, etag, size, uploaded_at, tries }) => ({
          upload: ledgerKey({ key, etag, uploaded_at }),
          set: {
            etag,
            size,
            uploaded_at,
            tries,
            outcome: 'running',
            execution: executionId,
            updated_at: at.toISOString(),
            reason: undefined,
          },
          first: { received_at: at.toISOString() },
          execution: executionId,
          replaces: OPEN_OUTCOMES,
        })),
      ),

    release: (executionId, files, reason, at) =>
      applyAll(
        files.map((file) => ({
          upload: ledgerKey(file),
          set: {
            outcome: (file.tries ?? 0) >= MAX_RECEIVES ? 'dead_letter' : 'waiting',
            reason: reason.slice(0, REASON_LENGTH),
            updated_at: at.toISOString(),
          },
          replaces: ['running'],
          onlyOf: executionId,
        })),
      ),

    record: (findings, at) =>
      applyAll(
        findings.map((finding) => ({
          upload: ledgerKey(finding),
          set: {
            etag: finding.etag,
            size: finding.size,
            uploaded_at: finding.uploaded_at,
            outcome: finding.outcome,
            execution: finding.execution,
            updated_at: at.toISOString(),
            kind: finding.kind,
            rows: finding.rows,
            events: finding.events,
            rows_rejected: finding.rows_rejected,
            rows_left_out: finding.rows_left_out,
            rows_deleted: finding.rows_deleted,
            reason: finding.reason?.slice(0, REASON_LENGTH),
            destination: finding.destination,
            rejected_rows_key: finding.rejected_rows_key,
            replay_of: finding.replay_of,
            duplicate_of: finding.duplicate_of,
            staged_version: finding.staged_version,
            contracts: finding.contracts,
            expires_at: expiresAt(finding.key, at),
          },
          first: { received_at: at.toISOString() },
          execution: finding.execution,
          replaces: replaceable(finding.outcome),
        })),
      ),
  };
}

/** An answer has at most 16 MB, and less if the table throttles; the unprocessed keys are requested again. */
async function readBatch(
  client: DynamoDBClient,
  table: string,
  uploads: readonly LedgerKey[],
): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  let Keys: Record<string, AttributeValue>[] = uploads.map(({ key, upload }) => ({
    key: { S: key },
    upload: { S: upload },
  }));
  for (let attempt = 0; Keys.length > 0; attempt += 1) {
    if (attempt > 0) await backOff(attempt, BACK_OFF);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...(Responses[table] ?? []).map(ledgerItem));
    Keys = UnprocessedKeys[table]?.Keys ?? [];
  }
  return items;
}

/** Converts an item of the table. @throws ZodError if Daybook did not write it */
export function ledgerItem(item: Readonly<Record<string, AttributeValue>>): LedgerItem {
  const values = Object.entries(item).map(([name, value]) => [
    name,
    value.N === undefined ? (value.S ?? value.SS?.toSorted()) : Number(value.N),
  ]);
  return ledgerItemSchema.parse(Object.fromEntries(values));
}

/** Every name is an alias, because `key`, `rows`, `size` and others are reserved words of DynamoDB. */
function updateOf({ upload, set, first = {}, execution, replaces, onlyOf }: Change) {
  const names: Record<string, string> = { '#outcome': 'outcome' };
  const values: Record<string, AttributeValue> = {};
  const name = (attribute: string) => {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const value = (alias: string, of: AttributeValue) => {
    values[`:${alias}`] = of;
    return `:${alias}`;
  };
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [attribute, to] of Object.entries(set)) {
    if (to === undefined) removes.push(name(attribute));
    else
      sets.push(
        `${name(attribute)} = ${value(attribute, typeof to === 'number' ? { N: `${to}` } : { S: to })}`,
      );
  }
  for (const [attribute, to] of Object.entries(first)) {
    sets.push(`${name(attribute)} = if_not_exists(${name(attribute)}, ${value(attribute, { S: to })})`);
  }
  const outcomes = replaces.map((outcome, at) => value(`is${at}`, { S: outcome })).join(', ');
  const condition =
    onlyOf === undefined
      ? `attribute_not_exists(#outcome) or #outcome in (${outcomes})`
      : `#outcome in (${outcomes}) and ${name('execution')} = ${value('only', { S: onlyOf })}`;
  const expression = [
    `set ${sets.join(', ')}`,
    ...(removes.length > 0 ? [`remove ${removes.join(', ')}`] : []),
    ...(execution === undefined
      ? []
      : [`add ${name('executions')} ${value('executions', { SS: [execution] })}`]),
  ];
  return {
    Key: { key: { S: upload.key }, upload: { S: upload.upload } },
    UpdateExpression: expression.join(' '),
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
