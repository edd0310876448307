import { ARCHIVE, archiveKey, batchManifestKey, INPUT } from '../../domain/object-keys';
import { type BatchFile, batchManifestSchema } from '../../domain/workflow';
import { copyBack } from '../../storage/copy-back';
import { getMatchingJson } from '../../storage/json-object';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { inputKey, readUploads } from './ledger';

/** `20250330T161426Z-0123456789ab` */
const EXECUTION = /^\d{8}T\d{6}Z-[0-9a-f]{12}$/;

/** An archived file and its upload. */
export interface Archived {
  readonly archived: string;
  readonly key: string;
  readonly uploaded_at: string;
}

export interface Replay extends Archived {
  /** `left`: not copied, as there is a file in `input/` under the key. */
  readonly outcome: 'replayed' | 'left';
}

/** @throws DeploymentError if no archived file matches, or the time of its upload is unknown */
export async function replay(
  deployment: Deployment,
  what: string,
  onDone: (replay: Replay) => void = () => {},
): Promise<Replay[]> {
  return replayFiles(deployment, await archivedFiles(deployment, what), onDone);
}

/** Like `replay`, for files from `archivedFiles`. */
export async function replayFiles(
  deployment: Deployment,
  files: readonly Archived[],
  onDone: (replay: Replay) => void,
): Promise<Replay[]> {
  const replays: Replay[] = [];
  for (const file of files) {
    const done = await replayed(deployment, file);
    replays.push(done);
    onDone(done);
  }
  return replays;
}

/** The files that a replay would reprocess. @throws DeploymentError like `replay` */
export async function archivedFiles(deployment: Deployment, what: string): Promise<Archived[]> {
  if (EXECUTION.test(what)) return filesOfExecution(deployment, what, archiveKey(what, ''));
  if (what.startsWith(ARCHIVE)) return filesOfExecution(deployment, what.split('/')[1] ?? '', what);
  const key = inputKey(what);
  const uploads = await readUploads(deployment, key, Number.POSITIVE_INFINITY);
  const newest = uploads.find(({ outcome }) => outcome === 'archived');
  if (newest?.destination === undefined) {
    throw new DeploymentError(
      `${key}: no upload of it was archived; list its uploads with: daybook files --key`,
    );
  }
  return [{ archived: newest.destination, key, uploaded_at: newest.replay_of ?? newest.uploaded_at }];
}

/** The files under a prefix of the archive. */
async function filesOfExecution(
  deployment: Deployment,
  executionId: string,
  prefix: string,
): Promise<Archived[]> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const manifest = await getMatchingJson(bucket, batchManifestKey(executionId), batchManifestSchema);
  const files = new Map((manifest?.files ?? []).map((file) => [archiveKey(executionId, file.key), file]));
  const found: Archived[] = [];
  for await (const { key: archived } of bucket.list(prefix)) {
    if (prefix !== archived && !prefix.endsWith('/')) continue;
    const file = files.get(archived) ?? (await fromLedger(deployment, executionId, archived));
    if (!file) {
      throw new DeploymentError(
        `${archived}: its upload is neither in the ledger nor in the batch's manifest; upload it to input/ to load its rows as the newest`,
      );
    }
    found.push({ archived, key: file.key, uploaded_at: file.uploaded_at });
  }
  if (found.length === 0) throw new DeploymentError(`${prefix}: no archived files found`);
  return found;
}

/** The manifest is deleted with the results, after 90 days; the ledger is kept. */
async function fromLedger(
  deployment: Deployment,
  executionId: string,
  archived: string,
): Promise<Pick<BatchFile, 'key' | 'uploaded_at'> | undefined> {
  const key = INPUT + archived.slice(archiveKey(executionId, '').length);
  const uploads = await readUploads(deployment, key, Number.POSITIVE_INFINITY);
  return uploads.find(({ destination }) => destination === archived);
}

async function replayed({ s3, bucket }: Deployment, file: Archived): Promise<Replay> {
  // A replay of a replay keeps the time of the original upload.
  const uploadedAt = (repeats: string | undefined) => repeats ?? file.uploaded_at;
  const copied = await copyBack(file, uploadedAt, { client: s3, bucket });
  if (!copied) throw new DeploymentError(`${file.archived} no longer exists`);
  return { ...file, ...copied };
}
