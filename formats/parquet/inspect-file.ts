import { closeSync, openSync, readSync } from 'node:fs';
import { EMPTY_FILE, type FileFault } from '../../domain/file-rules';
import { matchHeader } from '../../domain/header-match';
import { quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb, SqlRow } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import type { Inspection, InspectionRules, LocalFile } from '../input-file';
import allValuesSql from './all-values.sql';
import { ENCRYPTED, faultOf, NOT_PARQUET, TRUNCATED } from './faults';
import fileFactsSql from './file-facts.sql';
import { plainRows } from './plain-rows';
import { readRows } from './read-rows';
import { type ParquetColumn, parquetRelation, readSchema } from './schema';
import { withSession } from './session';

/**
 * Checks that a file is Parquet, that all its values can be read, and that its columns are the header of one kind. Its rows have
 * numbers from 1 in place of lines.
 */
export async function inspectParquet(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  const { path } = file;
  const fault = signatureFault(file);
  if (fault) return { fault };
  const found = await withSession(path, (db) => readWhole(db, path, rules));
  if ('fault' in found) return found;
  const { columns, rows } = found;
  const matched = matchHeader(
    file.key,
    columns.map(({ name }) => name),
    rules.contracts,
  );
  if ('fault' in matched) return matched;
  const header = matched.match;
  const plain = plainRows(path, columns, rows, header);
  return {
    file: {
      origin: file,
      path,
      header,
      ...(plain && { plain }),
      readRows: (onRows) => readRows({ path, columns, header }, onRows),
    },
  };
}

type WholeFile =
  | { readonly columns: readonly ParquetColumn[]; readonly rows: number }
  | { readonly fault: FileFault };

async function readWhole(db: DuckDb, path: string, rules: InspectionRules): Promise<WholeFile> {
  try {
    const [facts] = await db.rows<SqlRow & { rows: string; bytes: string | null; encryption: string | null }>(
      fill(fileFactsSql, { file: quoteLiteral(path) }),
    );
    if (facts?.encryption) return { fault: ENCRYPTED };
    if (Number(facts?.bytes ?? 0) > rules.maxUnpackedBytes) {
      const reason = `it decompresses to more than ${rules.maxUnpackedBytes} bytes, the limit`;
      return { fault: { reason, remedy: 'send it in smaller files' } };
    }
    const columns = await readSchema(db, path);
    const own = columns.find(({ sqlName }) => sqlName.toLowerCase() === 'file_row_number');
    if (own) {
      const reason = `a column is named ${own.name}, which is the name of the number of a row`;
      return { fault: { reason, remedy: 'give the column another name' } };
    }
    await db.run(fill(allValuesSql, { relation: parquetRelation([path]) }));
    return { columns, rows: Number(facts?.rows ?? 0) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

const SIGNATURE_BYTES = 4;

function signatureFault({ path, size }: LocalFile): FileFault | undefined {
  if (size === 0) return EMPTY_FILE;
  const file = openSync(path, 'r');
  try {
    const at = (position: number) => {
      const bytes = Buffer.alloc(SIGNATURE_BYTES);
      return bytes.toString('latin1', 0, readSync(file, bytes, 0, SIGNATURE_BYTES, position));
    };
    const [first, last] = [at(0), at(Math.max(0, size - SIGNATURE_BYTES))];
    if (first === 'PARE' || last === 'PARE') return ENCRYPTED;
    if (first !== 'PAR1') return NOT_PARQUET;
    return last === 'PAR1' && size > 2 * SIGNATURE_BYTES ? undefined : TRUNCATED;
  } finally {
    closeSync(file);
  }
}
