import { z } from 'zod';
import { isTimeZone } from '../domain/time';
import { TARGET_FILE_BYTES } from '../lake/size-tiering';

/** Environment variables are missing or invalid; the message names all of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * A process's configuration, read once from its environment.
 * @param shape a schema per variable, under the variable's own name
 * @returns frozen
 * @throws ConfigError that names every missing or invalid variable
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  env: Readonly<Record<string, string | undefined>>,
  shape: Shape,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const parsed = z.object(shape).safeParse(env);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return env[name] === undefined ? `${name} is missing` : `${name}: ${message}`;
  });
  throw new ConfigError(`environment: ${faults.join('; ')}`);
}

/** The target size of data files of the lake. */
export const DEFAULT_TARGET_FILE_MB = TARGET_FILE_BYTES / 1024 ** 2;

/** Variables of the tasks that write data files. */
export const LAKE_VARIABLES = {
  TARGET_FILE_MB: z.coerce.number().positive().default(DEFAULT_TARGET_FILE_MB),
};

/** Variables of the tasks that deal with days. */
export const DAY_VARIABLES = {
  /** IANA name. */
  REPORTING_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'expected an IANA time zone, such as Europe/Berlin'),
};

/** Variables of every task. */
export const COMMON_VARIABLES = {
  BUCKET_NAME: z.string().min(3),
  /** The value of the metrics' only dimension. */
  METRICS_SERVICE: z.string().min(1),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
};
