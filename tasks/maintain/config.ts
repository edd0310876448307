import { z } from 'zod';
import { LAKE_VARIABLES } from '../../runtime/config';

/** Much longer than any task runs, so that no file is deleted while a task uses it. */
const MIN_RETENTION_DAYS = 1;

/** The task's own variables. */
export const MAINTAIN_VARIABLES = {
  /** How long a data file is kept after the last table version that needs it, as Delta's deletedFileRetentionDuration. */
  FILE_RETENTION_DAYS: z.coerce.number().min(MIN_RETENTION_DAYS).default(7),
  /** How long log entries are kept, as Delta's logRetentionDuration; not shorter than data files. */
  LOG_RETENTION_DAYS: z.coerce.number().min(MIN_RETENTION_DAYS).default(30),
  ...LAKE_VARIABLES,
};

export type MaintainConfig = z.infer<z.ZodObject<typeof MAINTAIN_VARIABLES>>;
