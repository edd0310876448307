import { createHash } from 'node:crypto';
import deleteItem from 'dynalite/actions/deleteItem';
import putItem from 'dynalite/actions/putItem';
import updateItem from 'dynalite/actions/updateItem';
import {
  createKey,
  type Item,
  type Store,
  type Table,
  validateItem,
  validateKey,
  validationError,
} from 'dynalite/db';
import * as deleteItemRules from 'dynalite/validations/deleteItem';
import * as putItemRules from 'dynalite/validations/putItem';
import * as updateItemRules from 'dynalite/validations/updateItem';
import { called } from './called';
import { type Write, withLocks } from './locked-writes';

const KINDS = {
  Put: { action: putItem, rules: putItemRules },
  Update: { action: updateItem, rules: updateItemRules },
  Delete: { action: deleteItem, rules: deleteItemRules },
  // The condition is checked as that of a deletion, which then does not take place.
  ConditionCheck: { action: deleteItem, rules: deleteItemRules },
} as const;

type Kind = keyof typeof KINDS;

const kinds = Object.keys(KINDS) as Kind[];

const MAX_OPERATIONS = 100;

/** How long a request with a token is known. */
const TOKEN_MS = 10 * 60_000;

interface OperationData {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
}

type Operation = Readonly<Partial<Record<Kind, OperationData>>>;

interface Transaction {
  readonly TransactItems: readonly Operation[];
  readonly ClientRequestToken?: string;
}

type Reason =
  | { readonly Code: 'None' }
  | { readonly Code: 'ConditionalCheckFailed'; readonly Message: string };

type Done = (error: Error | null, result?: object) => void;

export const types = {
  ReturnConsumedCapacity: { type: 'String', enum: ['INDEXES', 'TOTAL', 'NONE'] },
  ReturnItemCollectionMetrics: { type: 'String', enum: ['SIZE', 'NONE'] },
  ClientRequestToken: { type: 'String', lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
  TransactItems: {
    type: 'List',
    notNull: true,
    lengthGreaterThanOrEqual: 1,
    lengthLessThanOrEqual: MAX_OPERATIONS,
    children: {
      type: 'ValueStruct<TransactWriteItem>',
      children: Object.fromEntries(
        kinds.map((kind) => [kind, { type: `FieldStruct<${kind}>`, children: KINDS[kind].rules.types }]),
      ),
    },
  },
};

/** Parses the expressions of the operations, as the rules of dynalite do for a request. */
export function custom(data: object, store: Store): string | undefined {
  for (const operation of (data as Transaction).TransactItems) {
    const given = kinds.filter((kind) => operation[kind]);
    const [kind] = given;
    if (!kind || given.length > 1)
      return 'TransactItems can only contain one of Check, Put, Update or Delete';
    const fault = KINDS[kind].rules.custom?.(operation[kind] as OperationData, store);
    if (fault) return fault;
  }
  return undefined;
}

/** Of the transactions that succeeded; unknown after a restart, as then a condition tells whether one did. */
const tokens = new WeakMap<Store, Map<string, { readonly digest: string; readonly until: number }>>();

/**
 * Checks the conditions of all operations, and carries out all of them in one write of LevelDB, or none. Capacity is not counted.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export default function transactWriteItems(store: Store, data: object, done: Done): void {
  transact(store, data as Transaction).then(
    () => done(null, {}),
    (error) => done(error),
  );
}

async function transact(store: Store, { TransactItems, ClientRequestToken }: Transaction): Promise<void> {
  const known = knownTokens(store);
  const digest = createHash('sha256').update(JSON.stringify(TransactItems)).digest('hex');
  const earlier = ClientRequestToken === undefined ? undefined : known.get(ClientRequestToken);
  if (earlier && earlier.digest !== digest)
    throw answer('IdempotentParameterMismatchException', 'Request is idempotent, but has other parameters');
  if (earlier) return;
  await withLocks(store, await keysByTable(store, TransactItems), async () => {
    const writes: Write[] = [];
    const reasons: Reason[] = [];
    for (const operation of TransactItems) reasons.push(await carryOut(store, operation, writes));
    if (reasons.some(({ Code }) => Code !== 'None')) throw canceled(reasons);
    await store.db.batch(writes);
  });
  if (ClientRequestToken !== undefined)
    known.set(ClientRequestToken, { digest, until: Date.now() + TOKEN_MS });
}

function knownTokens(store: Store) {
  const known = tokens.get(store) ?? new Map<string, { digest: string; until: number }>();
  tokens.set(store, known);
  const now = Date.now();
  for (const [token, { until }] of known) {
    // They expire in their order.
    if (until > now) break;
    known.delete(token);
  }
  return known;
}

const kindOf = (operation: Operation): Kind => kinds.find((kind) => operation[kind]) as Kind;

/** The items of a transaction. @throws the error of DynamoDB for a key that is wrong, or twice in the transaction */
async function keysByTable(
  store: Store,
  operations: readonly Operation[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = new Map<string, Table>();
  const keys = new Map<string, string[]>();
  for (const operation of operations) {
    const { TableName, Key, Item: item } = operation[kindOf(operation)] as OperationData;
    const table = tables.get(TableName) ?? (await called<Table>((done) => store.getTable(TableName, done)));
    tables.set(TableName, table);
    const fault = item ? validateItem(item, table) : validateKey(Key ?? {}, table);
    if (fault) throw fault;
    const key = createKey(item ?? Key ?? {}, table);
    const ofTable = keys.get(TableName) ?? [];
    if (ofTable.includes(key))
      throw validationError('Transaction request cannot include multiple operations on one item');
    keys.set(TableName, [...ofTable, key]);
  }
  return keys;
}

/** Adds what an operation writes. */
async function carryOut(store: Store, operation: Operation, writes: Write[]): Promise<Reason> {
  const kind = kindOf(operation);
  const recorded: Write[] = [];
  try {
    await called((done) =>
      KINDS[kind].action(recording(store, recorded), operation[kind] as OperationData, done),
    );
  } catch (error) {
    const { body } = error as { readonly body?: { readonly __type?: string; readonly message?: string } };
    if (!body?.__type?.endsWith('#ConditionalCheckFailedException')) throw error;
    return { Code: 'ConditionalCheckFailed', Message: body.message ?? 'The conditional request failed' };
  }
  if (kind !== 'ConditionCheck') writes.push(...recorded);
  return { Code: 'None' };
}

/** The store, but for its writes, which are recorded, and its locks, which the transaction holds. */
function recording(store: Store, writes: Write[]): Store {
  type Callback = (error: Error | null) => void;
  const within = (prefix: string, get: (key: string, done: Callback) => void) => ({
    get,
    lock: (_: unknown, work: (release: <T>(done: T) => T) => void) => work((done) => done),
    put(key: string, value: unknown, done: Callback) {
      writes.push({ type: 'put', key: `${prefix}~${key}`, value });
      done(null);
    },
    del(key: string, done: Callback) {
      writes.push({ type: 'del', key: `${prefix}~${key}` });
      done(null);
    },
  });
  const never = () => {
    throw new Error('an action reads no index');
  };
  return Object.assign(Object.create(store), {
    getItemDb: (table: string) =>
      within(`item-${table}`, (key, done) => store.getItemDb(table).get(key, done)),
    getIndexDb: (type: string, table: string, index: string) =>
      within(`index-${type.toLowerCase()}~${table}~${index}`, never),
  });
}

const canceled = (reasons: readonly Reason[]): Error =>
  answer(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );

function answer(type: string, message: string, more: object = {}): Error {
  const body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, Message: message, ...more };
  return Object.assign(new Error(message), { statusCode: 400, body });
}
