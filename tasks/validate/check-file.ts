import type { DuckDb } from '../../engine/duckdb/session';
import { inspectFile, type LocalFile } from '../../formats/csv/inspect-file';
import { checkFiles, type FileRules } from './check-files';
import { invalid, type Verdict } from './verdict';

/** Applies the file rules and the row rules to one file. A fault of the file is in the verdict; only other errors throw. */
export async function checkFile(file: LocalFile, rules: FileRules, db: DuckDb): Promise<Verdict> {
  const inspection = await inspectFile(file, rules);
  if ('fault' in inspection) return invalid(inspection.fault);
  const [verdict] = await checkFiles([inspection.file], rules, db, `${file.path}.parquet`);
  return verdict as Verdict;
}
