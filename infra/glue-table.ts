import type { Catalog } from '../catalog/catalog';
import { DELETED_COLUMN, EXTRA_COLUMN } from '../domain/contract';
import { exactColumn, type MartColumn } from '../domain/mart';
import type { DeltaType, TableColumn } from '../lake/schema';
import type { TableSpec } from '../lake/table-spec';

/** A column in Glue, with a type of Hive. */
export interface GlueColumn {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

/** Glue's limit for the comment of a column, in characters. */
const MAX_COMMENT = 255;

/** The columns that the table's log has, in its order. Partition columns are among them: Athena reads partitions from the log. */
export const glueColumns = (columns: readonly TableColumn[], comments: Comments): GlueColumn[] =>
  columns.map(({ name, type }) => {
    const comment = comments.columns.get(name)?.replaceAll(/\s+/g, ' ').slice(0, MAX_COMMENT);
    return { name, type: glueType(type), ...(comment && { comment }) };
  });

const glueType = (type: DeltaType): string => (type === 'long' ? 'bigint' : type);

/** What the definitions say about a table. */
export interface Comments {
  readonly table: string;
  readonly columns: ReadonlyMap<string, string>;
}

const STAGING_COMMENTS: Readonly<Record<string, string>> = {
  [EXTRA_COLUMN]: 'unknown columns of the file, as JSON',
  _source_key: 'the file of the row',
  _source_modified_at: 'when the file was uploaded',
  _source_line: 'the line in the file; null if the row came again unchanged',
  [DELETED_COLUMN]: 'true in a deleted row, otherwise null: select where _deleted is null',
};

export function commentsOf(spec: TableSpec, catalog: Catalog): Comments {
  const mart = catalog.marts.find(({ name }) => name === spec.name);
  if (mart) {
    return {
      table: mart.grain === undefined ? mart.description : `${mart.description}; ${mart.grain}`,
      columns: new Map([
        ...partitionComments(spec),
        ...mart.columns.map(({ name }): [string, string] => [exactColumn(name), `${name}, not rounded`]),
        ...martComments([...mart.columns, ...(mart.view?.columns ?? [])]),
      ]),
    };
  }
  const contract = catalog.contracts.find(({ kind }) =>
    [spec.name, `${spec.name.replace(/_history$/, '')}`].includes(kind),
  );
  const isHistory = contract?.kind !== spec.name;
  return {
    table: isHistory
      ? `Every version of the rows of ${contract?.kind}, deletions too.`
      : (contract?.description ?? ''),
    columns: new Map([
      ...partitionComments(spec),
      ...Object.entries(STAGING_COMMENTS),
      ...(contract?.columns ?? []).flatMap(({ name, description }): [string, string][] =>
        description === undefined ? [] : [[name, description]],
      ),
    ]),
  };
}

const partitionComments = ({ partitionColumns }: TableSpec): [string, string][] =>
  partitionColumns.map((name) => [name, 'partition: a condition on it reads fewer files']);

const martComments = (columns: readonly MartColumn[]): [string, string][] =>
  columns.flatMap(({ name, description, unit }): [string, string][] => {
    const said = [description, unit].filter((text) => text !== undefined);
    return said.length === 0 ? [] : [[name, said.join('; ')]];
  });
