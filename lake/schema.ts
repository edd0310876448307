/**
 * Types and schemas: a column's type in the log and in DuckDB.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format
 */

import { z } from 'zod';
import { type ColumnType, type DecimalType, isDecimal } from '../domain/contract';
import type { MartColumnType } from '../domain/mart';

/** The types of the protocol that our tables have. */
export type DeltaType = 'long' | 'string' | 'double' | 'boolean' | 'date' | 'timestamp' | DecimalType;

export interface TableColumn {
  readonly name: string;
  readonly type: DeltaType;
  /** Its values are keyed hashes; the field's metadata says so. */
  readonly isPseudonym?: true;
}

const DELTA_TYPES: Readonly<Record<Exclude<ColumnType, DecimalType>, DeltaType>> = {
  int64: 'long',
  text: 'string',
  money: 'decimal(18,4)',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  date: 'date',
  json: 'string',
};

const MART_DELTA_TYPES: Readonly<Record<Exclude<MartColumnType, DecimalType>, DeltaType>> = {
  count: 'long',
  money: 'decimal(38,2)',
  percent: 'decimal(5,2)',
  date: 'date',
  text: 'string',
  int64: 'long',
  boolean: 'boolean',
  timestamp: 'timestamp',
};

export const deltaType = (type: ColumnType): DeltaType => (isDecimal(type) ? type : DELTA_TYPES[type]);
export const martDeltaType = (type: MartColumnType): DeltaType =>
  isDecimal(type) ? type : MART_DELTA_TYPES[type];

/** The DuckDB type that holds the same values; instants have a zone there, so that Parquet says UTC. */
export function duckDbType(type: DeltaType): string {
  switch (type) {
    case 'long':
      return 'bigint';
    case 'string':
      return 'varchar';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'timestamp with time zone';
    default:
      return type;
  }
}

/** In the metadata of a field: its values are keyed hashes. */
const PSEUDONYM = 'daybook.pseudonymize';

/** The `schemaString` of a table's metaData: every column nullable, as Spark and delta-rs write it. */
export function schemaString(columns: readonly TableColumn[]): string {
  return JSON.stringify({
    type: 'struct',
    fields: columns.map(({ name, type, isPseudonym }) => ({
      name,
      type,
      nullable: true,
      metadata: isPseudonym ? { [PSEUDONYM]: true } : {},
    })),
  });
}

/** A `schemaString` with columns appended, as nullable ones; the table's own fields stay as their writer wrote them. */
export function extendSchemaString(text: string, columns: readonly TableColumn[]): string {
  const schema = JSON.parse(text);
  const { fields } = JSON.parse(schemaString(columns));
  return JSON.stringify({ ...schema, fields: [...schema.fields, ...fields] });
}

const schemaShape = z.object({
  type: z.literal('struct'),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.unknown(),
      metadata: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
});

/** A field of a table's schema as its log has it; the type is JSON text where it is nested. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  /** SQL that every new row must satisfy, as the writer wrote it. */
  readonly invariant: string | undefined;
  /** False also for a table that was written before this was recorded: then no value was replaced. */
  readonly isPseudonym: boolean;
}

/** @throws where the text is no schema */
export function parseSchemaString(text: string): SchemaField[] {
  return schemaShape.parse(JSON.parse(text)).fields.map(({ name, type, metadata }) => {
    const invariant = metadata?.['delta.invariants'];
    return {
      name,
      type: typeof type === 'string' ? type : JSON.stringify(type),
      invariant: invariant === undefined ? undefined : String(invariant),
      isPseudonym: metadata?.[PSEUDONYM] === true,
    };
  });
}
