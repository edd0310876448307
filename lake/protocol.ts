/**
 * What a table requires of its readers and writers, and what the lake implements.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#protocol-evolution
 */

import type { Metadata, Protocol } from './actions';
import { parseSchemaString, type SchemaField, type TableColumn } from './schema';
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
  const differences = [
    ...columnDifferences(fields, metadata.partitionColumns, spec),
    ...missingColumns(metadata, spec)
      .filter(({ name }) => spec.key.includes(name))
      .map(({ name }) => `the key column ${name} is declared, and the stored rows have none`),
    ...(metadata.partitionColumns.join() === spec.partitionColumns.join()
      ? propertyDifferences(metadata, spec)
      : [
          `it is stored with partitions by ${metadata.partitionColumns.join(', ') || 'none'}, declared are ${spec.partitionColumns.join(', ') || 'none'}`,
        ]),
  ];
  return differences.length === 0 ? undefined : `${differences.join('; ')}. ${MIGRATION}`;
}

const MIGRATION = 'To change it, see "Change a type, a key or a partition" in docs/runbook.md';

function columnDifferences(
  fields: readonly SchemaField[],
  partitionColumns: readonly string[],
  { columns }: Pick<TableSpec, 'columns'>,
): string[] {
  const declared = new Map(columns.map((column) => [column.name, column]));
  return fields.flatMap(({ name, type, isPseudonym }) => {
    const column = declared.get(name);
    const expected = column?.type;
    if (expected === type) {
      if (isPseudonym === (column?.isPseudonym ?? false)) return [];
      return [
        isPseudonym
          ? `column ${name} is stored with pseudonyms, declared is none: declare "pseudonymize: true" again`
          : `column ${name} is stored without pseudonyms, declared is "pseudonymize: true"`,
      ];
    }
    // A partition that is not declared any more is named as such.
    if (expected === undefined && partitionColumns.includes(name)) return [];
    if (expected === undefined) return [`column ${name} is stored, and not declared: declare it again`];
    return [`column ${name} is stored as ${shownType(type)}, declared is ${shownType(expected)}`];
  });
}

/** Properties that the table lacks are not compared: an earlier release, or another program, created it. */
function propertyDifferences({ configuration }: Metadata, { properties = {} }: TableSpec): string[] {
  return Object.entries(properties).flatMap(([name, declared]) => {
    const stored = configuration?.[name] ?? declared;
    return stored === declared ? [] : [`its ${name} is stored as ${stored}, declared is ${declared}`];
  });
}

/** A Delta type, with its name in contracts where that is another one. */
function shownType(type: string): string {
  const names: Readonly<Record<string, string>> = {
    long: 'int64',
    string: 'text or json',
    'decimal(18,4)': 'money',
  };
  return names[type] ? `${type} (${names[type]})` : type;
}
