import type { S3Client } from '@aws-sdk/client-s3';
import type { TaskUsage } from '../domain/workflow';

/** A platform that runs a task, and since when it bills the attempt. */
export interface Billing {
  readonly platform: TaskUsage['platform'];
  readonly since: Date;
}

const METADATA_PATIENCE_MS = 1000;

/**
 * Fargate bills from the pull of the image on, of which it tells the task itself; where it does not, from the process's
 * start. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
export async function fargateBilling(env: NodeJS.ProcessEnv): Promise<Billing> {
  const started = new Date(Date.now() - process.uptime() * 1000);
  const metadata = env.ECS_CONTAINER_METADATA_URI_V4;
  const pulled = metadata === undefined ? undefined : await pullStarted(`${metadata}/task`);
  return { platform: 'fargate', since: pulled ?? started };
}

/** undefined where it cannot be told: nothing depends on it but a line of the report. */
async function pullStarted(url: string): Promise<Date | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(METADATA_PATIENCE_MS) });
    const { PullStartedAt } = (await answer.json()) as { PullStartedAt?: unknown };
    const time = new Date(String(PullStartedAt));
    return Number.isNaN(time.getTime()) ? undefined : time;
  } catch {
    return undefined;
  }
}

const READS = /^(Get|Head)Object/;
/** Deleting and taking an upload back are free. */
const WRITES = /^(Put|Copy|List|Create|Complete|Upload)/;

/** Counts the requests of a client, those among them that are made again. */
export function countRequests(client: S3Client): { readonly reads: number; readonly writes: number } {
  const counts = { reads: 0, writes: 0 };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        if (READS.test(commandName)) counts.reads++;
        else if (WRITES.test(commandName)) counts.writes++;
        return next(request);
      },
    // Behind the middleware that retries.
    { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
  );
  return counts;
}
