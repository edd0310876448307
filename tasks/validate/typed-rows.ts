import { BIGINT, type DuckDBAppender, DuckDBDataChunk, type DuckDBType, VARCHAR } from '@duckdb/node-api';
import { type ColumnType, KIND_SPECS, type Kind } from '../../domain/kinds';
import { type DuckDb, quoteIdentifier, quoteLiteral } from '../../lake/duckdb';
import { fillTemplate, lineage, type RowSource, SQL_TYPES, selectList } from './typed-columns';
import writeTypedRowsSql from './write-typed-rows.sql';

/** DuckDB's vector size: a chunk holds no more. */
const CHUNK_ROWS = 2048;

const TABLE = 'typed_rows';

/** The good rows of one file, gathered in a DuckDB table, which spills to disk where it grows large. */
export class TypedRows {
  rows = 0;
  private columns: (string | null)[][] = [];
  private lines: bigint[] = [];
  private readonly types: DuckDBType[];

  private constructor(
    private readonly db: DuckDb,
    private readonly kind: Kind,
    private readonly appender: DuckDBAppender,
  ) {
    this.types = [...KIND_SPECS[kind].columns.map(() => VARCHAR), BIGINT];
    this.clear();
  }

  /** One at a time in a session: what an earlier one held is dropped. */
  static async open(db: DuckDb, kind: Kind): Promise<TypedRows> {
    const columns = KIND_SPECS[kind].columns.map((_, at) => `c${at} varchar`);
    await db.run(`create or replace temp table ${TABLE} (${columns.join(', ')}, line bigint)`);
    return new TypedRows(db, kind, await db.connection.createAppender(TABLE));
  }

  /** @param values canonical texts in the order of the kind's columns */
  add(values: readonly (string | null)[], line: number): void {
    for (const [at, value] of values.entries()) this.columns[at]?.push(value);
    this.lines.push(BigInt(line));
    this.rows += 1;
    if (this.lines.length === CHUNK_ROWS) this.flush();
  }

  /** @param canonical a Parquet file of rows that were typed already, to go in front of these */
  async writeParquet(path: string, source: RowSource, canonical?: string): Promise<void> {
    this.flush();
    this.appender.flushSync();
    const sql = fillTemplate(writeTypedRowsSql, {
      columns: selectList(this.kind, typed),
      table: TABLE,
      canonical: canonical ? `select * from read_parquet(${quoteLiteral(canonical)}) union all` : '',
      path: quoteLiteral(path),
    });
    await this.db.run(sql, lineage(source));
  }

  async close(): Promise<void> {
    this.appender.closeSync();
    await this.db.run(`drop table if exists ${TABLE}`);
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    const chunk = DuckDBDataChunk.create(this.types, this.lines.length);
    chunk.setColumns([...this.columns, this.lines]);
    this.appender.appendDataChunk(chunk);
    this.clear();
  }

  private clear(): void {
    this.columns = KIND_SPECS[this.kind].columns.map(() => []);
    this.lines = [];
  }
}

function typed(at: number, type: ColumnType): string {
  const cell = quoteIdentifier(`c${at}`);
  // Arithmetic, where a cast to timestamptz would go through a calendar and a time zone.
  if (type === 'timestamp') return `make_timestamptz(epoch_us(${cell}::timestamp))`;
  return `${cell}::${SQL_TYPES[type]}`;
}
