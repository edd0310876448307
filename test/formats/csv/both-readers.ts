import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Contract } from '../../../domain/contract';
import { DuckDb } from '../../../engine/duckdb/session';
import { inspectFile } from '../../../formats/inspect-file';
import { pseudonyms } from '../../../runtime/pseudonyms';
import { checkFiles } from '../../../tasks/validate/check-files';
import { invalid, type Verdict } from '../../../tasks/validate/verdict';

/** What became of a file. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The rows for stage, in the order of the file. */
  readonly rows: readonly Record<string, unknown>[];
  /** The `.rows.csv`; empty without bad rows. */
  readonly rejected: string;
}

/** Reads files with the reader in DuckDB and with the exact one. */
export class BothReaders {
  private files = 0;

  private constructor(
    private readonly directory: string,
    private readonly db: DuckDb,
  ) {}

  static async open(): Promise<BothReaders> {
    const directory = mkdtempSync(path.join(tmpdir(), 'daybook-readers-'));
    const db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 2 });
    return new BothReaders(directory, db);
  }

  /** Checks that both readers have the same result, and that the expected one read the file. */
  async read(
    name: string,
    text: string,
    contracts: readonly Contract[],
    reader: 'plain' | 'exact' = 'plain',
  ): Promise<Outcome> {
    const plain = await this.judge(name, text, contracts, 'plain');
    const exact = await this.judge(name, text, contracts, 'exact');
    if (plain.verdict.outcome === 'valid') expect(plain.verdict.reader).toBe(reader);
    expect(comparable(plain)).toEqual(comparable(exact));
    return plain;
  }

  close(): void {
    this.db.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async judge(
    name: string,
    text: string,
    contracts: readonly Contract[],
    reader: 'plain' | 'exact',
  ): Promise<Outcome> {
    const values = { timeZone: 'UTC' };
    const rules = {
      contracts,
      values,
      maxBadRowShare: 1,
      pseudonym: pseudonyms(undefined),
      maxUnpackedBytes: 1e9,
      maxUnpackedRatio: 200,
    };
    const local = path.join(this.directory, `${this.files++}`);
    writeFileSync(local, text);
    const file = {
      key: `input/${name}.csv`,
      uploadedAt: '2025-04-08T10:00:00Z',
      path: local,
      size: text.length,
    };
    const inspection = await inspectFile(file, rules);
    if ('fault' in inspection) return { verdict: invalid(inspection.fault), rows: [], rejected: '' };
    const { plain, ...exact } = inspection.file;
    const [verdict] = await checkFiles(
      [reader === 'plain' && plain ? { ...exact, plain } : exact],
      rules,
      this.db,
      `${local}.parquet`,
    );
    if (!verdict) throw new Error('no verdict');
    const { rowsPath = undefined } = verdict.outcome === 'valid' ? verdict : {};
    const rows = rowsPath
      ? await this.db.rows(
          `select * exclude (_source_line), coalesce(_source_line, file_row_number + 2) as _line
           from read_parquet('${rowsPath}', file_row_number = true) order by _line`,
        )
      : [];
    return {
      verdict,
      rows: rows.map(({ _file: _, _accepted: __, file_row_number: ___, ...row }) => row),
      rejected: verdict.rejectedRowsPath ? readFileSync(verdict.rejectedRowsPath, 'utf8') : '',
    };
  }
}

/** Without what only says how the file was read. */
function comparable({ verdict, rows, rejected }: Outcome) {
  const {
    rowsPath: _,
    rejectedRowsPath: __,
    reader: ___,
    ...same
  } = verdict as unknown as Record<string, unknown>;
  return { ...same, found: rows, rejected };
}
