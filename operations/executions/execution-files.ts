import { ledgerKey } from '../../domain/ledger';
import { batchManifestKey, taskResultKey } from '../../domain/object-keys';
import {
  type BatchFile,
  batchManifestSchema,
  type ValidatedFile,
  validateResultSchema,
} from '../../domain/workflow';
import { getMatchingJson } from '../../storage/json-object';
import { dynamoDbLedger } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import type { ExecutionFile } from './views';

/** Every file of a batch, by key. Empty if the manifest has expired, after 90 days. */
export async function readExecutionFiles(deployment: Deployment, name: string): Promise<ExecutionFile[]> {
  const [found, batch] = await Promise.all([readFiles(deployment, name), readBatch(deployment, name)]);
  const batchFiles = new Map(batch.map((file) => [file.key, file]));
  const ledger = dynamoDbLedger(deployment.dynamoDb, deployment.names.ledgerTable);
  const items = new Map((await ledger.readAll(batch.map(ledgerKey))).map((item) => [item.key, item]));
  return found
    .map((file): ExecutionFile => {
      const item = items.get(file.key);
      return {
        key: file.key,
        size: batchFiles.get(file.key)?.size ?? file.bytes ?? null,
        kind: file.kind ?? item?.kind ?? null,
        found: file.outcome,
        rows: file.rows ?? null,
        bad_rows: file.bad_rows ?? null,
        reason: file.reason ?? item?.reason ?? null,
        outcome: item?.outcome ?? null,
        execution: item?.execution ?? null,
        destination: item?.destination ?? null,
      };
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The outcome of a file: the result of validate, or `waiting` if the batch has not been validated. */
export type FileOutcome = Partial<Omit<ValidatedFile, 'key' | 'outcome'>> & {
  readonly key: string;
  readonly outcome: ValidatedFile['outcome'] | 'waiting';
};

export async function readFiles(deployment: Deployment, name: string): Promise<FileOutcome[]> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const validated = await getMatchingJson(bucket, taskResultKey(name, 'validate'), validateResultSchema);
  if (validated) return validated.files;
  return (await readBatch(deployment, name)).map(({ key }) => ({ key, outcome: 'waiting' }));
}

async function readBatch({ s3, bucket }: Deployment, name: string): Promise<BatchFile[]> {
  const manifest = await getMatchingJson(s3Bucket(s3, bucket), batchManifestKey(name), batchManifestSchema);
  return manifest?.files ?? [];
}
