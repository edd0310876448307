import { catalog } from '../../catalog/catalog';
import { fileFormat } from '../../domain/file-rules';
import type { LedgerItem } from '../../domain/ledger';
import type { Delimiter } from '../../formats/csv/dialect';
import type { FoundHeader } from '../../formats/csv/find-header';
import { headOf } from '../../formats/csv/read-head';
import { planReading } from '../../formats/csv/read-plan';
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

/** Formats a row as CSV with this delimiter, without a line ending. */
export function formatRow(cells: readonly string[], delimiter: Delimiter): string {
  return cells
    .map((cell) =>
      cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
    )
    .join(delimiter);
}
