/**
 * Files whose rows all came again unchanged, with a newer version. They are not written again: their `add` action gets a tag that says
 * from where all of their rows came last, so that a file that was uploaded in between and comes later still loses against them.
 * Daybook reads the rows of such a file with that origin; other readers see the origin that the file has.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#add-file-and-remove-file
 */

import { z } from 'zod';
import { quoteLiteral } from '../engine/duckdb/quote';
import type { AddFile } from './actions';
import { duckDbType } from './schema';
import type { TableSpec } from './table-spec';

const TAG = 'daybook.confirmedBy';

/** Where all rows of a file came from last, as text, by column of `TableSpec.origin`; those that differ between the rows are null. */
export type Origin = Readonly<Record<string, string | null>>;

const originSchema = z.record(z.string(), z.string().nullable());

/** JSON of an `Origin`; undefined for a file whose rows have their own. */
export const confirmedBy = (add: Partial<Pick<AddFile, 'tags'>> | undefined): string | undefined =>
  add?.tags?.[TAG] ?? undefined;

/** The action that says it of a live file. It changes no rows. */
export const confirm = (add: AddFile, by: string): AddFile => ({
  ...add,
  dataChange: false,
  tags: { ...add.tags, [TAG]: by },
});

/** @throws SyntaxError or z.ZodError for a tag that Daybook did not write */
export const parseOrigin = (by: string): Origin => originSchema.parse(JSON.parse(by));

/** SQL: the values of columns that a confirmation replaces, in the table's types. */
export function originValues(spec: Pick<TableSpec, 'columns'>, by: string): ReadonlyMap<string, string> {
  const origin = parseOrigin(by);
  const columns = spec.columns.filter(({ name }) => name in origin);
  return new Map(
    columns.map(({ name, type }) => {
      const text = origin[name] ?? null;
      return [name, `cast(${text === null ? 'null' : quoteLiteral(text)} as ${duckDbType(type)})`];
    }),
  );
}

/** SQL: a value of a column as the text that an `Origin` has, which every engine reads. */
export function originText({ columns }: Pick<TableSpec, 'columns'>, name: string, value: string): string {
  const isInstant = columns.find((one) => one.name === name)?.type === 'timestamp';
  return isInstant
    ? `strftime(timezone('UTC', ${value}), '%Y-%m-%dT%H:%M:%S.%fZ')`
    : `cast(${value} as varchar)`;
}
