import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** The function ended with an error, whose message this is. */
export class FunctionFailedError extends Error {
  override readonly name = 'FunctionFailedError';
}

/**
 * Invokes a function and waits for its answer.
 * @returns the answer, a JSON value
 * @throws FunctionFailedError; errors of Lambda, such as ResourceNotFoundException
 */
export async function invokeFunction(
  lambda: LambdaClient,
  FunctionName: string,
  input: object,
): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(input)) });
  const { Payload, FunctionError } = await lambda.send(command);
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (!FunctionError) return answer;
  const { errorMessage = 'no reason given' } = (answer ?? {}) as { errorMessage?: string };
  throw new FunctionFailedError(errorMessage);
}
