/**
 * What a table requires of its readers and writers, and what the lake implements.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#protocol-evolution
 */

import type { Metadata, Protocol } from './actions';
import { parseSchemaString, type TableColumn } from './schema';
import type { TableSpec } from './table-spec';

/** The protocol of our own tables. */
export const OUR_PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** Both are respected, by refusing to write the tables that use them. */
const WRITER_FEATURES = new Set(['appendOnly', 'invariants']);

/** The features that each writer version requires, before version 7 introduced lists of features. */
const LEGACY_WRITER_FEATURES: readonly (readonly [version: number, features: readonly string[]])[] = [
  [3, ['checkConstraints']],
  [4, ['changeDataFeed', 'generatedColumns']],
  [5, ['columnMapping']],
  [6, ['identityColumns']],
];

/** The features that a reader needs and the lake lacks; empty if the table can be read. */
export function missingReaderFeatures({ minReaderVersion, readerFeatures = [] }: Protocol): string[] {
  if (minReaderVersion <= 1) return [];
  if (minReaderVersion === 2) return ['columnMapping'];
  if (minReaderVersion === 3) return [...readerFeatures];
  return [`reader version ${minReaderVersion}`];
}

/** The features that a writer needs and the lake lacks; empty if the table can be written. */
export function missingWriterFeatures(protocol: Protocol): string[] {
  const { minWriterVersion, writerFeatures = [] } = protocol;
  const forWriters =
    minWriterVersion > 7
      ? [`writer version ${minWriterVersion}`]
      : minWriterVersion === 7
        ? writerFeatures.filter((feature) => !WRITER_FEATURES.has(feature))
        : LEGACY_WRITER_FEATURES.flatMap(([version, features]) =>
            version <= minWriterVersion ? features : [],
          );
  return [...new Set([...missingReaderFeatures(protocol), ...forWriters])];
}

/** Columns of the specification that the table's schema lacks. */
export function missingColumns(
  { schemaString }: Metadata,
  { columns }: Pick<TableSpec, 'columns'>,
): TableColumn[] {
  const present = new Set(parseSchemaString(schemaString).map(({ name }) => name));
  return columns.filter(({ name }) => !present.has(name));
}

/**
 * Why the lake must not write a table of this specification; undefined if it may. The table may lack columns, which the
 * next commit adds, but none of the key: those are never null.
 */
export function whyNotWritable(metadata: Metadata, spec: TableSpec): string | undefined {
  if (metadata.configuration?.['delta.appendOnly'] === 'true') {
    return 'delta.appendOnly is set, and a merge replaces rows';
  }
  const fields = parseSchemaString(metadata.schemaString);
  const constrained = fields.find(({ invariant }) => invariant !== undefined);
  if (constrained) return `column ${constrained.name} has the invariant ${constrained.invariant}`;
  const missing = missingColumns(metadata, spec).filter(({ name }) => !spec.key.includes(name));
  const found = fields.map(({ name, type }) => `${name} ${type}`).sort();
  const expected = spec.columns.map(({ name, type }) => `${name} ${type}`).sort();
  const extended = [...found, ...missing.map(({ name, type }) => `${name} ${type}`)].sort();
  if (extended.join() !== expected.join()) {
    return `expected the columns ${expected.join(', ')}; found ${found.join(', ')}`;
  }
  if (metadata.partitionColumns.join() !== spec.partitionColumns.join()) {
    return `expected partitions by ${spec.partitionColumns.join()}; found ${metadata.partitionColumns.join() || 'none'}`;
  }
  return undefined;
}
