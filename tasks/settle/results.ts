import type { z } from 'zod';
import { type TaskName, taskResultKey } from '../../domain/object-keys';
import {
  loadResultSchema,
  refreshResultSchema,
  stageResultSchema,
  validateResultSchema,
} from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';

/** The result objects of an execution's tasks; undefined for a task that did not run. */
export interface TaskResults {
  readonly validate: z.infer<typeof partialValidate> | undefined;
  readonly stage: z.infer<typeof partialStage> | undefined;
  readonly refresh: z.infer<typeof partialRefresh> | undefined;
  readonly load: z.infer<typeof partialLoad> | undefined;
}

/** The result object of a failed task has a cause and no findings. */
const partialValidate = validateResultSchema.partial({ counts: true, files: true });
const partialStage = stageResultSchema.partial({ tables: true });
const partialRefresh = refreshResultSchema.partial({ tables: true });
const partialLoad = loadResultSchema.partial({ migrations: true, changed: true, versions: true });

/** @throws SyntaxError or ZodError for an object that no task wrote */
export async function readResults(bucket: Pick<Bucket, 'get'>, executionId: string): Promise<TaskResults> {
  const read = <T>(task: TaskName, schema: z.ZodType<T>) =>
    getJson(bucket, taskResultKey(executionId, task), schema);
  const [validate, stage, refresh, load] = await Promise.all([
    read('validate', partialValidate),
    read('stage', partialStage),
    read('transform', partialRefresh),
    read('load', partialLoad),
  ]);
  return { validate, stage, refresh, load };
}
