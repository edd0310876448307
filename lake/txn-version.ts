import { createHash } from 'node:crypto';

/** A value as the version of a `txn` action, which is a number: 48 bits of the SHA-256 of its JSON. */
export const txnVersion = (value: unknown): number =>
  createHash('sha256').update(JSON.stringify(value)).digest().readUIntBE(0, 6);
