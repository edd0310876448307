import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEndpoint } from '../../../packages/local-aws/src/endpoint/endpoint';
import { createS3Service } from '../../../packages/local-aws/src/s3/service';

/** The local S3 alone behind the endpoint, in a directory of its own. Prints its port, and ends with its standard input. */
async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-s3-tests-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const s3 = await createS3Service({ directory, deliver: async () => {} });
  const endpoint = await startEndpoint({
    host: '127.0.0.1',
    port: 0,
    services: [s3],
    account: '000000000000',
    region: 'us-east-1',
  });
  console.log(endpoint.port);
  process.stdin.resume().once('end', () => void endpoint.close().then(() => process.exit(0)));
}

void main();
