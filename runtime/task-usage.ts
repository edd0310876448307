import type { S3Client } from '@aws-sdk/client-s3';
import type { TaskUsage } from '../domain/workflow';

/** The platform that runs a task, and the time from which it bills the attempt. */
export interface Billing {
  readonly platform: TaskUsage['platform'];
  readonly since: Date;
}

const METADATA_TIMEOUT_MS = 1000;

/**
 * Fargate bills from the pull of the image, whose time is in the task metadata. Without it, the process's start counts. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
export async function fargateBilling(env: NodeJS.ProcessEnv): Promise<Billing> {
  const started = new Date(Date.now() - process.uptime() * 1000);
  const metadata = env.ECS_CONTAINER_METADATA_URI_V4;
  const pulled = metadata === undefined ? undefined : await pullStarted(`${metadata}/task`);
  return { platform: 'fargate', since: pulled ?? started };
}

/** undefined if it is not known. Only the reported cost depends on it. */
async function pullStarted(url: string): Promise<Date | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
    const { PullStartedAt } = (await answer.json()) as { PullStartedAt?: unknown };
    const time = new Date(String(PullStartedAt));
    return Number.isNaN(time.getTime()) ? undefined : time;
  } catch {
    return undefined;
  }
}

const READS = /^(Get|Head)Object/;
/** Deleting an object and aborting an upload are free. */
const WRITES = /^(Put|Copy|List|Create|Complete|Upload)/;

/** Counts the requests of a client, including retries. */
export function countRequests(client: S3Client): { readonly reads: number; readonly writes: number } {
  const counts = { reads: 0, writes: 0 };
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        if (READS.test(commandName)) counts.reads++;
        else if (WRITES.test(commandName)) counts.writes++;
        return next(request);
      },
    // After the middleware that retries.
    { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
  );
  return counts;
}
