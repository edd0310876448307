import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DeploymentError } from '../../operations/errors';
import { MAX_CHECKED_BYTES } from '../api/checks';

/**
 * Works with the content of a request as a file in a temporary directory, which is deleted afterwards.
 * @param name of the file, for the message
 * @throws DeploymentError if it is larger than {@link MAX_CHECKED_BYTES}; ZodError without a length
 */
export async function withReceivedFile<Result>(
  request: IncomingMessage,
  name: string,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  const size = z.coerce.number().int().nonnegative().parse(request.headers['content-length']);
  if (size > MAX_CHECKED_BYTES) {
    throw new DeploymentError(
      `${JSON.stringify(name)} is not checked: it exceeds ${MAX_CHECKED_BYTES} bytes`,
    );
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-upload-'));
  try {
    const file = path.join(directory, 'file');
    await pipeline(request, createWriteStream(file));
    return await work(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
