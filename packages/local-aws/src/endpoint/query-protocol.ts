import { z } from 'zod';
import { assertAllowed, type DenialWording } from '../iam/denied';
import { queryErrorBody } from './error-answer';
import { decodeForm, type FormValue } from './form';
import { type AccessRule, AwsError, type LocalService, type RequestContext, readBody } from './service';
import { element, XML_HEADER, type XmlValue } from './xml';

/**
 * An operation of a service with the AWS Query protocol. The input is decoded by decodeForm.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
interface QueryOperation<State, Input = unknown> {
  readonly input: z.ZodType<Input>;
  run(
    input: Input,
    state: State,
    context: RequestContext,
  ): Promise<Record<string, XmlValue> | undefined> | Record<string, XmlValue> | undefined;
}

/** Infers the input type of `run` from the schema. */
export function queryOperation<State, Input>(
  definition: QueryOperation<State, Input>,
): QueryOperation<State> {
  return definition as unknown as QueryOperation<State>;
}

interface QueryServiceOptions<State, Name extends string> {
  readonly name: string;
  readonly xmlns: string;
  /** Error code for invalid parameters: `InvalidParameter`. */
  readonly invalidInput: string;
  readonly operations: Readonly<Record<Name, QueryOperation<State>>>;
  readonly access: Readonly<Record<Name, AccessRule>>;
  readonly denial: DenialWording;
  readonly state: State;
  readonly close: () => Promise<void>;
}

/** A service that dispatches operations by the form field `Action`. */
export function queryService<State, Name extends string>(
  options: QueryServiceOptions<State, Name>,
): LocalService {
  async function answer(form: Record<string, FormValue>, context: RequestContext): Promise<string> {
    const action = typeof form.Action === 'string' ? form.Action : '';
    const known = Object.hasOwn(options.operations, action) ? (action as Name) : undefined;
    if (known === undefined) {
      throw new AwsError(
        'InvalidAction',
        `${options.name}: the action ${action || '(none)'} is not supported locally`,
      );
    }
    const found = options.operations[known];
    const input = found.input.safeParse(form);
    if (!input.success) {
      throw new AwsError(options.invalidInput, `${action}: ${z.prettifyError(input.error)}`);
    }
    const rule = options.access[known];
    assertAllowed(context.decide, rule(input.data as Record<string, unknown>, context), options.denial);
    const result = await found.run(input.data, options.state, context);
    const body = {
      ...(result && { [`${action}Result`]: result }),
      ResponseMetadata: { RequestId: context.requestId },
    };
    return XML_HEADER + element(`${action}Response`, body, options.xmlns);
  }

  return {
    name: options.name,
    close: options.close,
    async handle(request, response, context) {
      let status = 200;
      let body: string;
      try {
        const query = request.url?.split('?')[1] ?? '';
        const text = (await readBody(request)).toString('utf8');
        body = await answer(decodeForm([query, text].filter(Boolean).join('&')), context);
      } catch (error) {
        const known = error instanceof AwsError ? error : new AwsError('InternalFailure', `${error}`, 500);
        status = known.status;
        body = queryErrorBody(known, context.requestId, options.xmlns);
      }
      response.writeHead(status, {
        'content-type': 'text/xml',
        'content-length': Buffer.byteLength(body),
        'x-amzn-requestid': context.requestId,
      });
      response.end(body);
    },
  };
}
