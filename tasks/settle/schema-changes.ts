import { SCHEMA_CHANGES } from '../../domain/object-keys';
import {
  describeChanges,
  newChanges,
  type SchemaChange,
  schemaChangesSchema,
} from '../../domain/schema-drift';
import type { ValidatedFile } from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson, putJson } from '../../storage/json-object';

/**
 * Finds the changes of columns in the files of an execution that no execution reported before, and remembers them. Safe to run
 * twice: the second run finds the same. Executions run one at a time, so no other writes the object meanwhile.
 *
 * @returns one sentence per kind; undefined without changes
 */
export async function reportChanges(
  executionId: string,
  files: readonly ValidatedFile[],
  {
    bucket,
    clock,
    logger,
  }: { readonly bucket: Bucket; readonly clock: () => Date; readonly logger: TaskLogger },
): Promise<string | undefined> {
  if (newChanges(files, [], { executionId, at: '' }).length === 0) return undefined;
  const { changes: known } = (await getMatchingJson(bucket, SCHEMA_CHANGES, schemaChangesSchema)) ?? NONE;
  const found = newChanges(files, known, { executionId, at: clock().toISOString() });
  if (found.length === 0) return undefined;
  const earlier = known.filter(({ execution_id }) => execution_id !== executionId);
  await putJson(bucket, SCHEMA_CHANGES, { changes: [...earlier, ...found] });
  const text = describeChanges(found);
  logger.warn('columns of files changed', { changes: text });
  return text;
}

const NONE: { readonly changes: readonly SchemaChange[] } = { changes: [] };
