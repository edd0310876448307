import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createS3Service, startEndpoint } from 'local-aws';

/** The local S3 alone behind the endpoint, in a directory of its own. Prints its port, and ends with its standard input. */
async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-s3-tests-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const s3 = await createS3Service({ directory });
  const endpoint = await startEndpoint({ services: [s3] });
  console.log(endpoint.port);
  process.stdin.resume().once('end', () => void endpoint.close().then(() => process.exit(0)));
}

void main();
