import { Faults } from 'local-aws/faults';
import { clientConfig, startServer, type TestServer } from 'local-aws/testing';
import { s3Client } from '../../storage/s3-client';

/** The local S3 with faults, and the pipeline's client for it. */
export interface FaultyS3 {
  readonly server: TestServer;
  readonly client: ReturnType<typeof s3Client>;
  readonly faults: Faults;
  /** The next `times` calls of the operation that S3 can answer so end in a conflict. */
  conflict(operation: string, times?: number): void;
  /** The next call of the operation is answered with status 200 and an error, at every attempt of the SDK. */
  failAfter200(operation: string, code?: string): void;
  /** Names of the writes so far. */
  writes(): string[];
  stop(): Promise<void>;
}

/** An SDK tries three times. */
const SDK_ATTEMPTS = 3;

export async function startFaultyS3(): Promise<FaultyS3> {
  const faults = new Faults();
  const server = await startServer({ faults });
  const config = { ...clientConfig(`http://127.0.0.1:${server.port}`), maxAttempts: SDK_ATTEMPTS };
  const client = s3Client({ ...config, forcePathStyle: true });
  return {
    server,
    client,
    faults,
    conflict(operation, times = 1) {
      const effect = { do: 'refuse', how: 'conflict' } as const;
      for (let nth = 1; nth <= times; nth++) faults.plan.put({ service: 's3', operation, nth, effect });
    },
    failAfter200(operation, code = 'InternalError') {
      const effect = { do: 'refuse', how: 'error-in-200', code, attempts: SDK_ATTEMPTS } as const;
      faults.plan.put({ service: 's3', operation, effect });
    },
    writes: () => faults.plan.writes.map(({ operation }) => operation),
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}
