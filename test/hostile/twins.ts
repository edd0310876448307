import path from 'node:path';
import { catalog } from '../../catalog/catalog';
import type { ValidatedFile } from '../../domain/workflow';
import type { DuckDb } from '../../engine/duckdb/session';
import { validatedRows } from '../../formats/validated-rows';
import { Validation } from '../tasks/validate/validation';
import type { RecordedDuckDb } from './batch';
import { csvOf, type GeneratedTable } from './generated-table';

/**
 * Validates a table as CSV and in another format.
 * @returns in what their rows, bad rows and outcomes differ: nothing is to
 */
export async function differences(
  table: GeneratedTable,
  other: { key: string; body: Buffer },
  { db }: RecordedDuckDb,
): Promise<string[]> {
  const csv = await outcomeOf(`input/${table.kind}.csv`, Buffer.from(csvOf(table)), db);
  const same = await outcomeOf(other.key, other.body, db);
  return Object.entries(csv).flatMap(([name, value]) => {
    const [one, two] = [JSON.stringify(value), JSON.stringify(same[name as keyof typeof same])];
    return one === two ? [] : [`${name}: ${one} as CSV, ${two} as ${other.key}`];
  });
}

let files = 0;

async function outcomeOf(key: string, body: Buffer, db: DuckDb) {
  const validation = new Validation();
  try {
    await validation.add(key, body);
    await validation.run({ MAX_BAD_ROW_SHARE: 1 }, { openDuckDb: async () => db });
    const file = validation.of(key);
    const staged = await stagedRows(validation, file, db);
    return {
      outcome: file.outcome,
      reason: withoutLines(file),
      rows: file.rows,
      staged: staged.map(({ _source_key, _source_line, ...row }) => JSON.stringify(row)).sort(),
      bad: validation.rejectedRows(key).map(({ column, reason }) => ({ column, reason })),
    };
  } finally {
    validation.close();
  }
}

async function stagedRows(validation: Validation, { rows_key, kind = '' }: ValidatedFile, db: DuckDb) {
  if (rows_key === undefined) return [];
  // Under a name of its own: the session may go by what it knows of a file that lay there before.
  files += 1;
  const local = path.join(validation.workDirectory, `twin-${files}.parquet`);
  await validation.bucket.download(rows_key, local);
  return db.rows(`select * from ${validatedRows(catalog.contract(kind), [local])}`);
}

/** The line of a row is another one under a header. */
const withoutLines = ({ reason = '' }: ValidatedFile): string => reason.replaceAll(/lines? \d+/g, 'line');
