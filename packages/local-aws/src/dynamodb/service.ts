import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { AwsError, type LocalService, type RequestContext, readBody } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION, assertAllowed } from '../iam/denied';
import { DEFAULT_PLACE, type Place } from '../place';
import { DYNAMODB_ACCESS } from './access';
import { ensureTable } from './ensure-table';
import { DynamoDbError, isOperation, runOperation } from './operations';
import { closeStore, openStore } from './store';

interface DynamoDbServiceOptions extends Partial<Place> {
  /** Holds the tables in LevelDB; used by one process at a time. */
  readonly directory: string;
}

export interface DynamoDbService extends LocalService {
  /**
   * Creates the table unless it exists, and resolves once it is active.
   * @throws TableDiffersError if it exists with different keys or indexes
   */
  ensureTable(input: CreateTableCommandInput): Promise<void>;
}

const TARGET = 'DynamoDB_20120810';

/**
 * DynamoDB, implemented by dynalite's actions in this process. Acknowledged writes survive the death of the process.
 * @throws DynamoDbStoreError if the directory cannot be used
 */
export async function createDynamoDbService(options: DynamoDbServiceOptions): Promise<DynamoDbService> {
  const { directory, account, region } = { ...DEFAULT_PLACE, ...options };
  const store = await openStore(directory, account, region);
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  async function run(name: string, input: object, context: RequestContext): Promise<object> {
    if (closed) throw new AwsError('InternalServerError', 'dynamodb is closed', 500);
    if (isOperation(name))
      assertAllowed(context.decide, DYNAMODB_ACCESS[name]({ ...input }, context), ACCESS_DENIED_EXCEPTION);
    const result = runOperation(store, name, input);
    running.add(result);
    try {
      return await result;
    } finally {
      running.delete(result);
    }
  }

  return {
    name: 'dynamodb',
    async handle(request, response, context) {
      let status = 200;
      let answer: object;
      try {
        const [target, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
        answer = await run(target === TARGET ? name : '', parse(await readBody(request)), context);
      } catch (error) {
        [status, answer] = errorAnswer(error);
      }
      const body = JSON.stringify(answer);
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amzn-requestid': context.requestId,
      });
      response.end(body);
    },
    ensureTable: (input) => ensureTable(store, input),
    close() {
      closed ??= Promise.allSettled([...running]).then(() => closeStore(store));
      return closed;
    },
  };
}

function parse(body: Buffer): object {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8'));
  } catch {
    // Reported below, like JSON that is not an object.
  }
  if (typeof input !== 'object' || input === null) {
    throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  }
  return input;
}

function errorAnswer(error: unknown): [status: number, body: object] {
  if (error instanceof DynamoDbError) return [error.status, error.body];
  if (error instanceof AwsError) {
    return [error.status, { __type: `com.amazon.coral.service#${error.code}`, message: error.message }];
  }
  return [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: String(error) }];
}
