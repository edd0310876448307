/**
 * What a table asks of its readers and writers, and whether we can do it.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#protocol-evolution
 */

import type { Metadata, Protocol } from './actions';
import { parseSchemaString, type TableColumn } from './schema';

/** What our own tables ask for. */
export const OUR_PROTOCOL: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** Both are respected by refusing the tables that use them. */
const WRITER_FEATURES = new Set(['appendOnly', 'invariants']);

/** What each writer version brought, before there were lists of features. */
const LEGACY_WRITER_FEATURES: readonly (readonly [version: number, features: readonly string[]])[] = [
  [3, ['checkConstraints']],
  [4, ['changeDataFeed', 'generatedColumns']],
  [5, ['columnMapping']],
  [6, ['identityColumns']],
];

/** The features that a reader needs and we lack; empty: the table can be read. */
export function missingReaderFeatures({ minReaderVersion, readerFeatures = [] }: Protocol): string[] {
  if (minReaderVersion <= 1) return [];
  if (minReaderVersion === 2) return ['columnMapping'];
  if (minReaderVersion === 3) return [...readerFeatures];
  return [`reader version ${minReaderVersion}`];
}

/** The features that a writer needs and we lack; empty: the table can be written. */
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

/** Why rows cannot be merged into a table that should have these columns; undefined: they can. */
export function whyNotMergeable(
  metadata: Metadata,
  columns: readonly TableColumn[],
  partitionColumns: readonly string[],
): string | undefined {
  if (metadata.configuration?.['delta.appendOnly'] === 'true') {
    return 'delta.appendOnly is set, and a merge replaces rows';
  }
  const fields = parseSchemaString(metadata.schemaString);
  const constrained = fields.find(({ invariant }) => invariant !== undefined);
  if (constrained) return `column ${constrained.name} has the invariant ${constrained.invariant}`;
  const found = fields.map(({ name, type }) => `${name} ${type}`).sort();
  const expected = columns.map(({ name, type }) => `${name} ${type}`).sort();
  if (found.join() !== expected.join()) {
    return `expected the columns ${expected.join(', ')}; found ${found.join(', ')}`;
  }
  if (metadata.partitionColumns.join() !== partitionColumns.join()) {
    return `expected partitions by ${partitionColumns.join()}; found ${metadata.partitionColumns.join() || 'none'}`;
  }
  return undefined;
}
