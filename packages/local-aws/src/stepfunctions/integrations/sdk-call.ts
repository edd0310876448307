import { DataLimitError, StateError } from '../errors';
import { type Json, PAYLOAD_LIMIT } from '../json';

/** The input fields of an operation in the SDK's schema, whose fifth entry contains the names. */
export function inputFields(schema: unknown): string[] {
  const names = Array.isArray(schema) ? schema[4] : undefined;
  if (!Array.isArray(names))
    throw new TypeError('expected the schema of a structure, as the AWS SDK exports them');
  return names.map(String);
}

/** An SDK error with a service response. */
export interface ServiceFault {
  readonly name: string;
  readonly message: string;
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/**
 * Names a failed SDK call like Step Functions, after the classes of the AWS SDK for Java: modelled errors by their own
 * name, other errors by the service's base exception, and errors without a response as SdkClientException.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html#supported-services-error-names
 */
export function sdkFailure(
  service: { readonly prefix: string; readonly title: string; readonly base: string },
  error: unknown,
  isModelled: (error: ServiceFault) => boolean,
): StateError {
  if (!isServiceFault(error)) {
    const text = error instanceof Error ? error.message : String(error);
    return new StateError(`${service.prefix}.SdkClientException`, `Unable to execute HTTP request: ${text}`);
  }
  const { httpStatusCode, requestId } = error.$metadata;
  const name = isModelled(error) ? `${error.name.replace(/Exception$/, '')}Exception` : service.base;
  const facts = `Service: ${service.title}, Status Code: ${httpStatusCode}, Request ID: ${requestId ?? 'null'}`;
  return new StateError(`${service.prefix}.${name}`, `${error.message} (${facts})`);
}

function isServiceFault(error: unknown): error is ServiceFault {
  if (!(error instanceof Error) || !('$metadata' in error) || !('$fault' in error)) return false;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode !== undefined;
}

/**
 * Converts an SDK response to JSON: streams to text, times to ISO 8601.
 * @throws DataLimitError for a stream over the payload limit
 */
export async function answerAsJson(answer: object, state: string): Promise<Json> {
  const { $metadata: _, ...fields } = answer as Record<string, unknown>;
  const read = await Promise.all(
    Object.entries(fields).map(async ([name, value]) => {
      if (!isStream(value)) return [name, value];
      const length = Number(fields.ContentLength ?? 0);
      if (length > PAYLOAD_LIMIT) {
        value.destroy?.();
        throw new DataLimitError(state, 'result');
      }
      return [name, await value.transformToString()];
    }),
  );
  return JSON.parse(JSON.stringify(Object.fromEntries(read)));
}

interface TextStream {
  transformToString(): Promise<string>;
  destroy?(): void;
}

const isStream = (value: unknown): value is TextStream =>
  typeof value === 'object' && value !== null && 'transformToString' in value;
