import { SCHEMA_CHANGES } from '../../domain/object-keys';
import { schemaChangesSchema } from '../../domain/schema-drift';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import type { SchemaChangesHealth } from './views';

const SHOWN = 50;

/** The changes of columns that executions reported last, newest first. */
export async function readSchemaChanges(bucket: Bucket): Promise<SchemaChangesHealth> {
  const found = await getMatchingJson(bucket, SCHEMA_CHANGES, schemaChangesSchema);
  return { changes: (found?.changes ?? []).toReversed().slice(0, SHOWN) };
}
