import { Logger } from '@aws-lambda-powertools/logger';
import type { TaskName } from '../domain/object-keys';

/** Structured JSON lines on standard output; fields are snake_case, as in the result objects. */
export interface TaskLogger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export function taskLogger(
  task: TaskName,
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR',
  fields: Record<string, unknown> = {},
): TaskLogger {
  const logger = new Logger({ serviceName: 'daybook', logLevel: level, persistentKeys: { task, ...fields } });
  return {
    info: (message, extra = {}) => logger.info(message, extra),
    warn: (message, extra = {}) => logger.warn(message, extra),
    error: (message, extra = {}) => logger.error(message, extra),
  };
}
