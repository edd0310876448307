/** Changes of the columns of a kind's files, reported once each. */

import { z } from 'zod';
import type { ValidatedFile } from './workflow';

/**
 * - `new`: a column that the contract does not have. It is ignored, or kept in `_extra`.
 * - `missing`: an optional column that a file lacks. Its values are null.
 * - `renamed`: a column under one of its aliases.
 * - `reordered`: the columns are in another order than in the contract; `column` is empty.
 */
export const schemaChangeSchema = z.object({
  kind: z.string(),
  change: z.enum(['new', 'missing', 'renamed', 'reordered']),
  /** As in the file for `new`, as in the contract for the others. */
  column: z.string(),
  /** The first file that had it. */
  key: z.string(),
  /** The execution that reports it, and when, ISO 8601 UTC. */
  execution_id: z.string(),
  at: z.string(),
});
export type SchemaChange = z.infer<typeof schemaChangeSchema>;

/** `results/schema-changes.json`: every change that was reported, oldest first. */
export const schemaChangesSchema = z.object({ changes: z.array(schemaChangeSchema) });

/** More than these are not kept apart: names of columns that are values would never end. */
export const MAX_CHANGES = 1_000;

/**
 * The changes in the files of an execution that were not reported before. A second run of the same execution gives the same.
 * @param known the changes that were reported
 */
export function newChanges(
  files: readonly ValidatedFile[],
  known: readonly SchemaChange[],
  { executionId, at }: { readonly executionId: string; readonly at: string },
): SchemaChange[] {
  const reported = new Set(known.filter(({ execution_id }) => execution_id !== executionId).map(identityOf));
  const changes: SchemaChange[] = [];
  for (const file of files) {
    // A file without rows changes nothing.
    if (file.outcome !== 'valid' || file.kind === undefined || file.rows === 0) continue;
    for (const [change, column] of changesIn(file)) {
      const found = { kind: file.kind, change, column, key: file.key, execution_id: executionId, at };
      const identity = identityOf(found);
      if (reported.has(identity) || reported.size >= MAX_CHANGES) continue;
      reported.add(identity);
      changes.push(found);
    }
  }
  return changes;
}

const identityOf = ({ kind, change, column }: Pick<SchemaChange, 'kind' | 'change' | 'column'>) =>
  JSON.stringify([kind, change, column]);

function changesIn(file: ValidatedFile): [SchemaChange['change'], string][] {
  const { extra_columns, missing_columns = [], renamed_columns = [], reordered_columns = false } = file;
  return [
    ...extra_columns.map((column): [SchemaChange['change'], string] => ['new', column]),
    ...missing_columns.map((column): [SchemaChange['change'], string] => ['missing', column]),
    ...renamed_columns.map((column): [SchemaChange['change'], string] => ['renamed', column]),
    ...(reordered_columns ? [['reordered', ''] as [SchemaChange['change'], string]] : []),
  ];
}

/** The changes as one sentence: `orders: new column channel, missing column status.` Empty without changes. */
export function describeChanges(changes: readonly SchemaChange[]): string {
  const kinds = [...new Set(changes.map(({ kind }) => kind))];
  return kinds
    .map((kind) => {
      const ofKind = changes.filter((change) => change.kind === kind);
      const parts = (['new', 'missing', 'renamed'] as const).flatMap((change) => {
        const columns = ofKind.filter((one) => one.change === change).map(({ column }) => column);
        if (columns.length === 0) return [];
        const shown = columns.slice(0, SHOWN).join(', ');
        const more = columns.length > SHOWN ? ` and ${columns.length - SHOWN} more` : '';
        return [`${change} ${columns.length === 1 ? 'column' : 'columns'} ${shown}${more}`];
      });
      const reordered = ofKind.some(({ change }) => change === 'reordered')
        ? ['columns in another order']
        : [];
      return `${kind}: ${[...parts, ...reordered].join('; ')}.`;
    })
    .join(' ');
}

const SHOWN = 10;
