/** How a file is written, and the words for it. */

import type { Format } from './file-rules';

/** As a reader detects it. null: not known, or without a meaning for the format. */
export interface FileForm {
  /** By the name of the file. */
  readonly format: Format | null;
  /** By its first bytes, whatever its name. */
  readonly compression: 'none' | 'gzip' | 'zstd' | 'zip';
  /** Of text, as the Encoding Standard names it: `utf-8`. */
  readonly encoding: string | null;
  /** Of CSV with a header that a contract describes. */
  readonly delimiter: string | null;
  /** The physical line of that header; null if the contract declares the names instead. */
  readonly header_line: number | null;
}

const FORMATS: Readonly<Record<Format, string>> = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' };
const COMPRESSIONS = { none: [], gzip: ['gzip'], zstd: ['Zstandard'], zip: ['ZIP'] };
const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'vertical bar',
};

/** `CSV, gzip, UTF-8, delimiter semicolon, header in line 3`; empty if nothing is known. */
export function formWords({ format, compression, encoding, delimiter, header_line }: FileForm): string {
  return [
    ...(format === null ? [] : [FORMATS[format]]),
    ...COMPRESSIONS[compression],
    ...(encoding === null ? [] : [encoding.toUpperCase()]),
    ...(delimiter === null ? [] : [`delimiter ${DELIMITERS[delimiter] ?? delimiter}`]),
    ...(header_line === null ? [] : [`header in line ${header_line}`]),
  ].join(', ');
}
