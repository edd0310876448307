import { createHmac } from 'node:crypto';
import { type Contract, pseudonymizes } from '../domain/contract';

/** The deployment has no key, or none that can be used. */
export class PseudonymKeyError extends Error {
  override readonly name = 'PseudonymKeyError';
}

/** Replaces a text by its pseudonym, which is the same for the same text and key. */
export type Pseudonym = (text: string) => string;

const MIN_KEY_CHARACTERS = 32;
const PSEUDONYM_BITS = 128;

/**
 * The first 128 bits of HMAC-SHA-256, 32 hexadecimal digits. White space around the text does not count.
 * @throws PseudonymKeyError for a key that is too short to be secret
 */
export function keyedHash(key: string): Pseudonym {
  if (key.length < MIN_KEY_CHARACTERS) {
    throw new PseudonymKeyError(`the key of pseudonyms has fewer than ${MIN_KEY_CHARACTERS} characters`);
  }
  return (text) =>
    createHmac('sha256', key)
      .update(text.trim(), 'utf8')
      .digest('hex')
      .slice(0, PSEUDONYM_BITS / 4);
}

/** Reads the key at the first call, and once. @throws PseudonymKeyError if there is none, and errors of the reader */
export function pseudonyms(readKey: (() => Promise<string>) | undefined): () => Promise<Pseudonym> {
  let reading: Promise<Pseudonym> | undefined;
  return () => {
    if (!readKey)
      throw new PseudonymKeyError('a contract has pseudonymize: true, and this process has no key');
    reading ??= readKey().then(keyedHash);
    return reading;
  };
}

/** Replaces the values of a row, in the order of the columns. */
export type ReplaceValues = (values: readonly (string | null)[]) => readonly (string | null)[];

/** Replaces the values that the contract says; the key is read only if there are such columns. Null stays null. */
export async function valuesReplaced(
  contract: Contract,
  pseudonymOf: () => Promise<Pseudonym>,
): Promise<ReplaceValues> {
  if (!pseudonymizes(contract)) return (values) => values;
  const replaced = contract.columns.map(({ pseudonymize = false }) => pseudonymize);
  const pseudonym = await pseudonymOf();
  return (values) => values.map((value, at) => (value !== null && replaced[at] ? pseudonym(value) : value));
}
