import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, startEndpoint } from '../endpoint/endpoint';
import type { LocalService } from '../endpoint/service';
import { DEFAULT_PLACE } from '../place';

export const { account: ACCOUNT, region: REGION } = DEFAULT_PLACE;

/** An `Authorization` header; signatures are not verified. */
export const authorization = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=local/20250101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Configuration of SDK clients, without retries. */
export const clientConfig = (endpoint: string) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  maxAttempts: 1,
});

/** Endpoints and directories of a test, removed by `cleanUp`. */
export class Scene {
  private readonly endpoints: Endpoint[] = [];
  private readonly directories: string[] = [];

  async directory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'local-aws-'));
    this.directories.push(directory);
    return directory;
  }

  async serve(...services: LocalService[]): Promise<Endpoint> {
    const endpoint = await startEndpoint({ services });
    this.endpoints.push(endpoint);
    return endpoint;
  }

  async cleanUp(): Promise<void> {
    for (const endpoint of this.endpoints.splice(0)) await endpoint.close();
    for (const directory of this.directories.splice(0)) await rm(directory, { recursive: true, force: true });
  }
}
