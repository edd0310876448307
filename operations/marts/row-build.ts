import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { columnList } from '../../engine/duckdb/sql';
import { dataFilesOf, type LocalFile, readTable } from '../../lake/data-files';
import type { Snapshot } from '../../lake/snapshot';
import { columnsToRead } from '../../lake/table-spec';
import type { OpenLake } from '../lake/reader';
import type { RowSource, SourceRead } from './row-source';
import type { RowProgress } from './row-views';

/** The rows of a source at a version, ready to be read by every connection of the database. */
export interface BuiltRows {
  /** SQL of their relation. */
  readonly relation: string;
  readonly isTable: boolean;
  drop(db: DuckDb): Promise<void>;
}

interface Build {
  readonly open: OpenLake;
  readonly builder: DuckDb;
  readonly catalog: Catalog;
  readonly source: RowSource;
  /** By the names of the source's reads. */
  readonly snapshots: ReadonlyMap<string, Snapshot | undefined>;
  /** The name of what is created. */
  readonly relation: string;
  /** The relations of marts that are read with their views. */
  readonly views: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RowProgress) => void;
}

/**
 * Downloads what a source reads, and creates its rows: a table of what its query gives; or, where it has none, a view of the data files,
 * which are kept until the rows are dropped.
 * A table that there is not yet has no rows.
 */
export async function buildRows(build: Build): Promise<BuiltRows> {
  const { open, builder, source, relation } = build;
  const held: LocalFile[] = [];
  const release = async () => open.downloads.release(held);
  try {
    const relations = await relationsOf(build, held);
    if (source.sql === undefined) {
      const [rows] = relations.values();
      await builder.run(`create view ${relation} as select ${namesOf(source)} from ${rows}`);
      return {
        relation,
        isTable: false,
        async drop(db) {
          await db.run(`drop view if exists ${relation}`);
          await release();
        },
      };
    }
    await builder.run(sparkFunctionsSql);
    for (const [name, rows] of relations) {
      await builder.run(`create or replace temp view ${quoteIdentifier(name)} as select * from ${rows}`);
    }
    await builder.run(
      `create table ${relation} as select ${namesOf(source)} from (${source.sql}\n)`,
      source.bound,
    );
    await release();
    return { relation, isTable: true, drop: (db) => db.run(`drop table if exists ${relation}`) };
  } catch (error) {
    await release();
    throw error;
  }
}

const namesOf = ({ columns }: RowSource): string => columnList(columns.map(({ name }) => name));

/** The relation of each read, over files that are downloaded and added to `held`. */
async function relationsOf(build: Build, held: LocalFile[]): Promise<Map<string, string>> {
  const { open, builder, catalog, source, snapshots, views } = build;
  const tables = source.reads.filter(({ name }) => !views.has(name));
  const all = tables.flatMap(({ name }) => dataFilesOf(snapshots.get(name)));
  const bytes = all.reduce((sum, { size = 0 }) => sum + size, 0);
  let loaded = 0;
  const report = () => build.onProgress({ files: all.length, files_loaded: loaded, bytes });
  report();
  const found = new Map<string, string>(views);
  for (const { name, columns } of tables) {
    const spec = catalog.table(name);
    const files = await open.downloads.acquire(
      open.lake,
      spec.location,
      dataFilesOf(snapshots.get(name)),
      columnsToRead(spec, columns),
      build.signal,
      () => {
        loaded += 1;
        report();
      },
    );
    held.push(...files);
    const rows = await readTable({ ...open.lake, db: builder }, spec, files, columns);
    found.set(name, `(select ${columnList(columns)} from ${rows})`);
  }
  return inOrder(source.reads, found);
}

const inOrder = (reads: readonly SourceRead[], found: ReadonlyMap<string, string>): Map<string, string> =>
  new Map(reads.map(({ name }) => [name, found.get(name) ?? '']));
