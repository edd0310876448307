import type { ReadOptions } from '../../domain/contract';

export type Delimiter = ',' | ';' | '\t' | '|';

export const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** How the bytes of a CSV file become records and cells. */
export interface Dialect {
  readonly delimiter: Delimiter;
  /** False: a quote is a character like any other. */
  readonly quotes: boolean;
  /** True: in quotes, a backslash escapes a quote or a backslash; otherwise a second quote escapes a quote. */
  readonly backslash: boolean;
  /** Lines that start with it are no records. */
  readonly comment: Buffer | undefined;
}

export function dialectOf({ quote, escape: escapedBy, comment }: ReadOptions, delimiter: Delimiter): Dialect {
  return {
    delimiter,
    quotes: quote !== 'none',
    backslash: escapedBy === '\\',
    comment: comment ? Buffer.from(comment) : undefined,
  };
}
