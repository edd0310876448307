import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidParameter } from './errors';

/** A typed attribute of a message; binary values in base64. */
interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with an optional label: `Number.int`. */
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export const messageAttributesSchema = z.record(
  z.string(),
  z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.string().optional(),
  }),
);

const NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const MAX_ATTRIBUTES = 10;

/** @throws AwsError InvalidParameterValue that names the attribute */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  for (const [name, { DataType, StringValue, BinaryValue }] of entries) {
    if (!NAME.test(name)) throw invalidParameter(`The message attribute name '${name}' is invalid.`);
    const kind = DataType.split('.')[0];
    if (kind !== 'String' && kind !== 'Number' && kind !== 'Binary') {
      throw invalidParameter(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = kind === 'Binary' ? BinaryValue : StringValue;
    if (value === undefined || value === '') {
      throw invalidParameter(
        `The message attribute '${name}' must contain a non-empty ${kind === 'Binary' ? 'BinaryValue' : 'StringValue'}.`,
      );
    }
    if (kind === 'Number' && !Number.isFinite(Number(value))) {
      throw invalidParameter(`Can't cast the value of message attribute '${name}' to a number.`);
    }
  }
}

/** The requested attributes: by name, `All`, `.*`, or a prefix (`trace.*`). */
export function selectMessageAttributes(
  attributes: MessageAttributes = {},
  requested: readonly string[] = [],
): MessageAttributes {
  const matches = (name: string) =>
    requested.some(
      (want) =>
        want === 'All' ||
        want === '.*' ||
        want === name ||
        (want.endsWith('.*') && name.startsWith(want.slice(0, -1))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => matches(name)));
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/**
 * The digest that clients verify; undefined for no attributes.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfAttributes(attributes: MessageAttributes = {}): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name] as MessageAttribute;
    const binary = attribute.DataType.startsWith('Binary');
    add(Buffer.from(name));
    add(Buffer.from(attribute.DataType));
    hash.update(Buffer.from([binary ? 2 : 1]));
    add(
      binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''),
    );
  }
  return hash.digest('hex');
}

/** Size of the attributes in bytes. */
export function attributesSize(attributes: MessageAttributes = {}): number {
  return Object.entries(attributes).reduce((total, [name, { DataType, StringValue, BinaryValue }]) => {
    const value =
      BinaryValue !== undefined
        ? Buffer.byteLength(BinaryValue, 'base64')
        : Buffer.byteLength(StringValue ?? '');
    return total + Buffer.byteLength(name) + Buffer.byteLength(DataType) + value;
  }, 0);
}
