import { catalog } from '../../catalog/catalog';
import { fileFormat } from '../../domain/file-rules';
import type { LedgerItem } from '../../domain/ledger';
import type { Dialect } from '../../formats/csv/dialect';
import type { FoundHeader } from '../../formats/csv/find-header';
import { headOf } from '../../formats/csv/read-head';
import { planReading } from '../../formats/csv/read-plan';
import type { CsvLayout } from '../../formats/csv/read-rows';
import { UnpackError } from '../../formats/packaging/unpack-error';
import { codeOf } from '../../storage/s3-errors';
import type { Deployment } from '../deployment';
import { objectText } from './object-text';

/** The header of a file, and how its rows are written. */
export type FileShape = FoundHeader;

/** The shape of an archived or rejected CSV file; undefined if it no longer exists, its kind is unknown, or it is no CSV file. */
export async function readShape(
  deployment: Deployment,
  { key, destination }: Pick<LedgerItem, 'key' | 'destination'>,
): Promise<FileShape | undefined> {
  const format = fileFormat(key);
  if (destination === undefined || 'fault' in format || format.format !== 'csv') return undefined;
  const plan = await planReading(key, catalog.contracts, (bytes) =>
    headOf(objectText(deployment, destination), bytes),
  ).catch((error: unknown) => {
    if (error instanceof UnpackError || codeOf(error) === 'NoSuchKey') return undefined;
    throw error;
  });
  return plan && 'match' in plan ? plan : undefined;
}

/** Formats a row as the file's contract declares, without a line ending. */
export function formatRow(cells: readonly string[], { delimiter, quotes, backslash }: Dialect): string {
  if (!quotes) return cells.join(delimiter);
  return cells
    .map((cell) => {
      if (!cell.includes(delimiter) && !/["\r\n]/.test(cell)) return cell;
      return `"${backslash ? cell.replace(/["\\]/g, '\\$&') : cell.replaceAll('"', '""')}"`;
    })
    .join(delimiter);
}

/**
 * The start of a file of rows for the same contract as the original one: UTF-8, which the byte order mark tells where the contract
 * declares another encoding, with as many lines above the header as the contract leaves out.
 */
export function fileStart(names: readonly string[], { dialect, read }: CsvLayout): string {
  const mark = read.encoding === undefined ? '' : '\ufeff';
  return `${mark}${'\n'.repeat(read.skipRows ?? 0)}${formatRow(names, dialect)}\n`;
}

/** The end of such a file: as many rows as the contract leaves out there. */
export const fileEnd = ({ read }: CsvLayout): string => 'end\n'.repeat(read.footer ?? 0);
