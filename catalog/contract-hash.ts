import { createHash } from 'node:crypto';
import type { ContractSet } from './contract-folder';

/** Hexadecimal digits of a hash. */
const DIGITS = 12;

/** A hash of what contracts say; comments, the order of properties and the files' names do not change it. */
export const hashContracts = ({ contracts, sources }: Pick<ContractSet, 'contracts' | 'sources'>): string =>
  hashDefinition([contracts, sources]);

/** Likewise of a single contract or source. */
export const hashDefinition = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, inOrder)).digest('hex').slice(0, DIGITS);

/** Columns and lists keep their order, which is that of the table. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
