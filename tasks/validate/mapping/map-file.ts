import { type Contract, pseudonymizes, type Source } from '../../../domain/contract';
import { tooManyBadRows } from '../../../domain/file-rules';
import { withoutValue } from '../../../domain/row-rules';
import { inLocked, withTimeLimit } from '../../../engine/duckdb/locked';
import type { DuckDb } from '../../../engine/duckdb/session';
import type { InputFile } from '../../../formats/input-file';
import { valuesReplaced } from '../../../runtime/pseudonyms';
import { badRowsFault, type FileRules } from '../check-files';
import { FaultTally } from '../fault-tally';
import { RejectedRows } from '../rejected-rows';
import { TypedRows } from '../typed-rows';
import { invalid, type KindRows, type Verdict } from '../verdict';
import { writeRows } from '../write-rows';
import { checkMappedRows, type MappedRows, mapRows, requireOwnKeys } from './mapped-rows';
import { MappingFault, withMappingFault } from './mapping-fault';
import { addParsers } from './parsers';
import { RowFaults } from './row-faults';
import { loadRows, spreadFaults } from './source-rows';

/** Beside the memory of the task's own database. */
const MEMORY = '256MB';

/** For the SQL of one kind. */
const TIME_LIMIT_MS = 10 * 60_000;

export interface MappingDeps {
  /** The task's database. */
  readonly db: DuckDb;
  readonly rules: FileRules;
  /** The contract of a kind. */
  readonly contract: (kind: string) => Contract;
  readonly timeLimitMs?: number;
}

/**
 * Maps the rows of a source's file to rows of its kinds, in a database that the SQL cannot reach out of. A row is bad if its own
 * values are, or those of a row made from it; then no row of its group is loaded. A fault of the file is in the verdict; only
 * other errors throw. Doing it again gives the same rows.
 */
export async function mapFile(file: InputFile, source: Source, deps: MappingDeps): Promise<Verdict> {
  const { extraColumns, missingColumns, renamedColumns, isReordered } = file.header;
  const findings = { extraColumns, missingColumns, renamedColumns, isReordered };
  const found = { kind: source.name, ...findings };
  return inLocked({ directory: `${file.path}.mapping`, memoryLimit: MEMORY }, async (locked) => {
    const faults = await RowFaults.open(locked);
    try {
      await addParsers(locked, source, deps.rules.values);
      const loaded = await loadRows(locked, file, source, faults, deps.rules.values);
      if ('fault' in loaded) return invalid(loaded.fault, found);
      const mapped = await mapKinds(locked, file, source, deps);
      const outputs = await checkKinds(locked, file, source, mapped, faults, deps);
      const badRows = await faults.count();
      const rejectedRowsPath = badRows > 0 ? `${file.path}.rows.csv` : undefined;
      const tally = new FaultTally();
      if (rejectedRowsPath) await writeRejectedRows(file, faults, rejectedRowsPath, tally);
      const findings = { ...found, badRows, ...(rejectedRowsPath && { rejectedRowsPath }) };
      const share = deps.rules.maxBadRowShare;
      if (tooManyBadRows(badRows, loaded.rows, share)) {
        return invalid(badRowsFault(badRows, loaded.rows, share, tally), findings);
      }
      const rows = outputs.reduce((sum, output) => sum + output.rows, 0);
      const leftOutRows = outputs.reduce((sum, { leftOut }) => sum + leftOut, 0);
      const deletedRows = outputs.reduce((sum, { deleted }) => sum + deleted, 0);
      const counts = { rows, leftOutRows, deletedRows };
      return { outcome: 'valid', reader: 'mapped', ...counts, mapped: outputs, ...findings };
    } catch (error) {
      if (error instanceof MappingFault) return invalid(error.fault, found);
      throw error;
    } finally {
      await faults.close();
    }
  });
}

async function mapKinds(
  locked: DuckDb,
  { header }: InputFile,
  source: Source,
  deps: MappingDeps,
): Promise<MappedRows[]> {
  const mapped: MappedRows[] = [];
  for (const [kind, sql] of Object.entries(source.maps)) {
    const contract = deps.contract(kind);
    const work = () => mapRows(locked, source, contract, sql);
    const limit = deps.timeLimitMs ?? TIME_LIMIT_MS;
    mapped.push(await withMappingFault(header, kind, () => withTimeLimit(locked, limit, work)));
  }
  return mapped;
}

/** Writes the good rows of each kind. If a row is bad, once more, as no row of its group is to be loaded for any kind. */
async function checkKinds(
  locked: DuckDb,
  file: InputFile,
  source: Source,
  mapped: readonly MappedRows[],
  faults: RowFaults,
  deps: MappingDeps,
): Promise<KindRows[]> {
  const check = async (): Promise<KindRows[]> => {
    const outputs: KindRows[] = [];
    for (const rows of mapped) outputs.push(await checkKind(locked, file, rows, faults, deps));
    return outputs;
  };
  const before = await faults.count();
  const outputs = await check();
  if ((await faults.count()) === before) return outputs;
  await spreadFaults(source, faults);
  return check();
}

async function checkKind(
  locked: DuckDb,
  file: InputFile,
  mapped: MappedRows,
  faults: RowFaults,
  { db, rules, contract: contractOf }: MappingDeps,
): Promise<KindRows> {
  const { kind } = mapped;
  const contract = contractOf(kind);
  const replace = await valuesReplaced(contract, rules.pseudonym);
  const good = await TypedRows.open(db, contract.columns.length);
  try {
    const { rows, leftOut, deleted } = await withMappingFault(file.header, kind, async () => {
      const checked = await checkMappedRows(locked, mapped, faults, good, rules.values, replace);
      if ('fault' in checked) throw new MappingFault(checked.fault);
      await requireOwnKeys(db, contract, good);
      return checked;
    });
    if (rows === 0) return { kind, rows, leftOut, deleted };
    const rowsPath = `${file.path}.${kind}.parquet`;
    const from = { canonical: [], typed: good.table, deleted: deleted > 0 };
    await writeRows(db, contract, [{ file: 0, origin: file.origin }], from, rowsPath);
    return { kind, rows, leftOut, deleted, rowsPath };
  } finally {
    await good.close();
  }
}

/** Reads the file again, for the text of its bad rows. */
async function writeRejectedRows(
  file: InputFile,
  faults: RowFaults,
  path: string,
  tally: FaultTally,
): Promise<void> {
  const hidesValues = pseudonymizes(file.header.contract);
  const rejected = new RejectedRows(path);
  const bad = faults.lines();
  try {
    let next = await bad.next();
    await file.readRows(async (rows) => {
      for (const row of rows) {
        if (next.done || row.line !== next.value.line) continue;
        if (hidesValues) rejected.add(row.line, next.value.faults.map(withoutValue), '');
        else rejected.add(row.line, next.value.faults, row.raw.toString());
        tally.add(next.value.faults, row.line);
        next = await bad.next();
      }
      await rejected.flush();
    });
  } finally {
    await bad.return(undefined);
    await rejected.close();
  }
}
