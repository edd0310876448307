import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What the tasks of Spark's stages did under one description of jobs, such as `orders: new files`. */
export interface SparkStep {
  readonly description: string;
  /** Time that executors spent in tasks. */
  core_seconds: number;
  bytes_read: number;
  bytes_shuffled: number;
  bytes_written: number;
  rows_read: number;
  rows_written: number;
}

interface Event {
  readonly Event: string;
  readonly Properties?: Readonly<Record<string, string>>;
  readonly 'Stage Info'?: { readonly 'Stage ID': number };
  readonly 'Stage ID'?: number;
  readonly 'Task Metrics'?: {
    readonly 'Executor Run Time': number;
    readonly 'Input Metrics': { readonly 'Bytes Read': number; readonly 'Records Read': number };
    readonly 'Output Metrics': { readonly 'Bytes Written': number; readonly 'Records Written': number };
    readonly 'Shuffle Write Metrics': { readonly 'Shuffle Bytes Written': number };
  };
}

/** Sums up the event logs in a directory. https://spark.apache.org/docs/latest/monitoring.html */
export async function readSparkSteps(directory: string): Promise<SparkStep[]> {
  const steps = new Map<string, SparkStep>();
  for (const name of (await readdir(directory)).sort()) {
    const descriptions = new Map<number, string>();
    for await (const line of createInterface({ input: createReadStream(path.join(directory, name)) })) {
      const event: Event = JSON.parse(line);
      if (event.Event === 'SparkListenerStageSubmitted')
        descriptions.set(
          event['Stage Info']?.['Stage ID'] ?? -1,
          described(event.Properties?.['spark.job.description']),
        );
      const metrics = event['Task Metrics'];
      if (event.Event !== 'SparkListenerTaskEnd' || !metrics) continue;
      const description = descriptions.get(event['Stage ID'] ?? -1) ?? 'other';
      const step = steps.get(description) ?? {
        description,
        core_seconds: 0,
        bytes_read: 0,
        bytes_shuffled: 0,
        bytes_written: 0,
        rows_read: 0,
        rows_written: 0,
      };
      steps.set(description, step);
      step.core_seconds += metrics['Executor Run Time'] / 1000;
      step.bytes_read += metrics['Input Metrics']['Bytes Read'];
      step.rows_read += metrics['Input Metrics']['Records Read'];
      step.rows_written += metrics['Output Metrics']['Records Written'];
      step.bytes_written += metrics['Output Metrics']['Bytes Written'];
      step.bytes_shuffled += metrics['Shuffle Write Metrics']['Shuffle Bytes Written'];
    }
  }
  return [...steps.values()];
}

/** Spark describes its own jobs, which list the files of a path, by the names of the files. */
const described = (description = 'other'): string =>
  description.startsWith('Listing leaf files') ? 'files listed' : description;
