import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UnpackError } from '../../formats/packaging/unpack-error';
import { unzip } from '../../formats/packaging/unzip';
import { causeOf } from '../../runtime/task-result';
import { RatesError } from './errors';

/** The history of 27 years has 650 KB as an archive, and 2 MB unpacked. */
const MAX_BYTES = 50 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export interface DownloadDeps {
  readonly fetch: typeof fetch;
  /** An existing directory for the archive, which is removed again. */
  readonly workDirectory: string;
}

/**
 * The text of a file, which may be the only member of a ZIP archive.
 * @throws RatesError if the server does not answer with it in a minute, or it is larger than 50 MB
 */
export async function download(url: string, { fetch, workDirectory }: DownloadDeps): Promise<string> {
  const bytes = await bytesOf(url, fetch);
  if (!isZip(bytes)) return bytes.toString('utf8');
  const directory = await mkdtemp(path.join(workDirectory, 'rates-'));
  try {
    const archive = path.join(directory, 'rates.zip');
    await writeFile(archive, bytes);
    return (await collect(url, unzip(archive))).toString('utf8');
  } catch (error) {
    throw error instanceof UnpackError ? new RatesError(url, error.message) : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function bytesOf(url: string, get: typeof fetch): Promise<Buffer> {
  try {
    const answer = await get(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok || !answer.body) throw new RatesError(url, `expected status 200, got ${answer.status}`);
    return await collect(url, answer.body);
  } catch (error) {
    if (error instanceof RatesError) throw error;
    // The reason of a failed fetch is in its cause.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new RatesError(url, `the download failed (${causeOf(cause)})`);
  }
}

async function collect(url: string, chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new RatesError(url, `expected at most ${MAX_BYTES} bytes, got more`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04'));
