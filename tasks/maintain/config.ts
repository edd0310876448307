import { z } from 'zod';
import { LAKE_VARIABLES } from '../../runtime/config';

/** Longer than any task runs, by far: what one reads or writes must not be deleted under it. */
const SHORTEST_RETENTION_DAYS = 1;

/** The task's own variables. */
export const MAINTAIN_VARIABLES = {
  /** How long a data file outlives the last version of its table that needs it, as Delta's deletedFileRetentionDuration. */
  FILE_RETENTION_DAYS: z.coerce.number().min(SHORTEST_RETENTION_DAYS).default(7),
  /** How long the log tells of a version, as Delta's logRetentionDuration; no shorter than its files are kept. */
  LOG_RETENTION_DAYS: z.coerce.number().min(SHORTEST_RETENTION_DAYS).default(30),
  ...LAKE_VARIABLES,
};

export type MaintainConfig = z.infer<z.ZodObject<typeof MAINTAIN_VARIABLES>>;
