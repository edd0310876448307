import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { assertAllowed, type DenialWording } from '../iam/denied';
import { type AccessRule, AwsError, type LocalService, type RequestContext, readBody } from './service';

/**
 * An operation of a service with the AWS JSON protocol 1.0 or 1.1.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
interface JsonOperation<State, Input = unknown> {
  readonly input: z.ZodType<Input>;
  run(input: Input, state: State, context: RequestContext): Promise<object | undefined> | object | undefined;
}

/** Infers the input type of `run` from the schema. */
export function operation<State, Input>(definition: JsonOperation<State, Input>): JsonOperation<State> {
  return definition as unknown as JsonOperation<State>;
}

interface JsonServiceOptions<State, Name extends string> {
  readonly name: string;
  /** Prefix in X-Amz-Target: `AmazonSQS`, `AWSStepFunctions`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<Name, JsonOperation<State>>>;
  readonly access: Readonly<Record<Name, AccessRule>>;
  readonly denial: DenialWording;
  readonly state: State;
  readonly close: () => Promise<void>;
  /** For a service that used the Query protocol before JSON. */
  readonly queryCompatible?: QueryCompatibility;
}

/**
 * Error codes for clients that expect those of the Query protocol.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
 */
export interface QueryCompatibility {
  /** Prefix of the `#` in `__type`: `com.amazonaws.sqs`. */
  readonly namespace: string;
  /** Query error codes that differ from the JSON ones; sent in x-amzn-query-error. */
  readonly codes: Readonly<Record<string, string>>;
}

/** A service that dispatches operations by X-Amz-Target. */
export function jsonService<State, Name extends string>(
  options: JsonServiceOptions<State, Name>,
): LocalService {
  const contentType = `application/x-amz-json-${options.version}`;

  const errorHeaders = ({ code, status }: AwsError): Record<string, string> => {
    if (!options.queryCompatible) return {};
    const queryCode = options.queryCompatible.codes[code] ?? code;
    return { 'x-amzn-query-error': `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}` };
  };

  const answer = (
    response: ServerResponse,
    context: RequestContext,
    status: number,
    body: object,
    headers = {},
  ) => {
    response.writeHead(status, {
      'content-type': contentType,
      'x-amzn-requestid': context.requestId,
      ...headers,
    });
    response.end(JSON.stringify(body));
  };

  return {
    name: options.name,
    close: options.close,
    async handle(request, response, context) {
      try {
        const [target, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
        const served = target === options.target && Object.hasOwn(options.operations, name);
        const known = served ? (name as Name) : undefined;
        if (known === undefined) {
          throw new AwsError(
            'UnknownOperationException',
            `${options.name}: the operation ${name || target || '(none)'} is not supported locally`,
          );
        }
        const found = options.operations[known];
        const text = (await readBody(request)).toString('utf8');
        const input = found.input.safeParse(parseJson(text));
        if (!input.success) {
          throw new AwsError('ValidationException', `${name}: ${z.prettifyError(input.error)}`);
        }
        const rule = options.access[known];
        assertAllowed(context.decide, rule(input.data as Record<string, unknown>, context), options.denial);
        const result = await found.run(input.data, options.state, context);
        answer(response, context, 200, result ?? {});
      } catch (error) {
        const known = error instanceof AwsError ? error : new AwsError('InternalFailure', `${error}`, 500);
        const namespace = options.queryCompatible ? `${options.queryCompatible.namespace}#` : '';
        const body = { __type: `${namespace}${known.code}`, message: known.message };
        answer(response, context, known.status, body, errorHeaders(known));
      }
    },
  };
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
}
