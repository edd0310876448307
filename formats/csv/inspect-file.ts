import type { Contract } from '../../domain/contract';
import { type FileFault, fileFormat, type HeaderMatch } from '../../domain/file-rules';
import { readHeader } from './read-header';
import type { Delimiter } from './read-rows';
import type { TextSource, UnpackLimits } from './read-text';
import { scanText, type TextScan } from './scan-text';
import type { RowSource } from './typed-columns';

/** An input file on local disk. Files derived from it have its path plus a suffix. */
export interface LocalFile extends RowSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** A file that is valid text and has the header of one kind; its rows have not been read. */
export interface InspectedFile {
  readonly origin: RowSource;
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly delimiter: Delimiter;
}

export interface InspectionRules extends UnpackLimits {
  /** The possible kinds of files. */
  readonly contracts: readonly Contract[];
}

export type Inspection = { readonly file: InspectedFile } | { readonly fault: FileFault };

/** Checks everything about a file except its rows: name, bytes, encoding, header. */
export async function inspectFile(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  const format = fileFormat(file.key);
  if ('fault' in format) return format;
  const source: TextSource = { path: file.path, size: file.size, gzip: format.gzip, limits: rules };
  const scanned = await scanText(source);
  if ('fault' in scanned) return scanned;
  const header = readHeader(file.key, scanned.scan.headerBytes, rules.contracts);
  if ('fault' in header) return header;
  const { match, delimiter } = header;
  return { file: { origin: file, source, scan: scanned.scan, header: match, delimiter } };
}
