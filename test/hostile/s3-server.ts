import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createS3Service, type Endpoint, type S3Service, startEndpoint } from 'local-aws';

export const BUCKET = 'shop';

/** Every file that the local S3 may create in its directory. */
const OWN =
  /^(tmp|buckets(\/[a-z0-9.-]{3,63}(\/(bucket\.json|objects\.log|uploads(\/[0-9a-f]{32}(\/(upload\.json|part-\d+\.json|[0-9a-f]{32}))?)?|data(\/[0-9a-f]{2}(\/[0-9a-f]{32})?)?))?)?)$/;

/** The local S3 behind its endpoint, in its own directory. */
export class HostileServer {
  /** Unexpected errors that the endpoint reported. */
  readonly unforeseen: string[] = [];

  private constructor(
    private readonly parent: string,
    private service: S3Service,
    private endpoint: Endpoint,
  ) {}

  static async start(): Promise<HostileServer> {
    const parent = mkdtempSync(path.join(tmpdir(), 'daybook-hostile-s3-'));
    const server = new HostileServer(parent, undefined as never, undefined as never);
    await server.open();
    return server;
  }

  get port(): number {
    return this.endpoint.port;
  }

  async restart(): Promise<void> {
    await this.endpoint.close();
    await this.open();
  }

  async stop(): Promise<void> {
    await this.endpoint.close();
    rmSync(this.parent, { recursive: true, force: true });
  }

  /** Leftover or open files after all work is done, one sentence each. */
  async leftovers(): Promise<string[]> {
    for (let attempt = 1; ; attempt++) {
      const found = this.leftoversNow();
      if (found.length === 0 || attempt === 50) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private leftoversNow(): string[] {
    const outside = readdirSync(this.parent).filter((name) => name !== 's3');
    const stray = this.filesWithin().filter((name) => !OWN.test(name));
    return [
      ...outside.map((name) => `outside of its directory lies ${JSON.stringify(name)}`),
      ...stray.map((name) => `in its directory lies ${JSON.stringify(name)}`),
      ...openFiles(this.parent)
        .filter((name) => !name.endsWith('/objects.log'))
        .map((name) => `${name} is open`),
    ];
  }

  private filesWithin(): string[] {
    try {
      return readdirSync(path.join(this.parent, 's3'), { recursive: true }).map(String);
    } catch (error) {
      // A directory was deleted meanwhile: try again.
      return [String(error)];
    }
  }

  private async open(): Promise<void> {
    const directory = path.join(this.parent, 's3');
    this.service = await createS3Service({ directory });
    await this.service.createBucket(BUCKET);
    this.endpoint = await startEndpoint({
      services: [this.service],
      onError: (error, request) => this.unforeseen.push(`${request}: ${error}`),
    });
  }
}

/** Files in a directory that this process has open; empty if the system does not provide them. */
function openFiles(directory: string): string[] {
  const descriptors = '/proc/self/fd';
  if (!existsSync(descriptors)) return [];
  return readdirSync(descriptors).flatMap((descriptor) => {
    try {
      const target = readlinkSync(path.join(descriptors, descriptor));
      return target.startsWith(directory) ? [target] : [];
    } catch {
      // The file descriptor of the listing itself.
      return [];
    }
  });
}
