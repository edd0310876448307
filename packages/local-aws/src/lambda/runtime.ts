/**
 * The process of a Lambda function: loads the handler `_HANDLER` from `LAMBDA_TASK_ROOT` and calls it for every message
 * of the parent, one at a time. It exits when the parent disconnects.
 */
import path from 'node:path';
import type { FunctionErrorPayload, InvokeMessage, ResultMessage } from './runtime-protocol';

type Handler = (event: unknown, context: object) => unknown;

const { env } = process;
const [file = '', exported = ''] = (env._HANDLER ?? '').split('.');
const root = env.LAMBDA_TASK_ROOT ?? process.cwd();

let handler: Handler | undefined;

function load(): Handler {
  if (handler) return handler;
  const loaded = require(path.join(root, file));
  if (typeof loaded[exported] !== 'function') {
    throw Object.assign(new Error(`${env._HANDLER} is undefined or not exported`), {
      name: 'Runtime.HandlerNotFound',
    });
  }
  handler = loaded[exported] as Handler;
  return handler;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, deadline }: InvokeMessage): object {
  return {
    awsRequestId: requestId,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: env.LOCAL_AWS_FUNCTION_ARN,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function errorPayload(thrown: unknown): FunctionErrorPayload {
  if (!(thrown instanceof Error)) {
    return {
      errorType: typeof thrown,
      errorMessage: typeof thrown === 'string' ? thrown : JSON.stringify(thrown),
    };
  }
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    trace: (thrown.stack ?? '').split('\n'),
  };
}

async function invoke(message: InvokeMessage): Promise<ResultMessage> {
  const { requestId, payload } = message;
  try {
    const result = await load()(JSON.parse(payload), contextOf(message));
    return { requestId, payload: JSON.stringify(result) ?? 'null', failed: false };
  } catch (error) {
    const described = errorPayload(error);
    console.error(JSON.stringify({ level: 'ERROR', message: 'Invoke Error', requestId, ...described }));
    return { requestId, payload: JSON.stringify(described), failed: true };
  }
}

process.on('message', (message: InvokeMessage) => {
  void invoke(message).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
