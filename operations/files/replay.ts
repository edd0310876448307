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

/** A file that is archived, and what is known of its upload. */
export interface Archived {
  readonly archived: string;
  readonly key: string;
  readonly uploaded_at: string;
}

export interface Replay extends Archived {
  /** `left`: something lies below `input/` under the key. */
  readonly outcome: 'replayed' | 'left';
}

/** @throws DeploymentError where nothing is archived that is meant, or it is not known when it was uploaded */
export async function replay(
  deployment: Deployment,
  what: string,
  onDone: (replay: Replay) => void = () => {},
): Promise<Replay[]> {
  return replayFiles(deployment, await archivedFiles(deployment, what), onDone);
}

/** As `replay`, of files that were found before. */
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

/** What a replay would put through again. @throws DeploymentError as `replay` */
export async function archivedFiles(deployment: Deployment, what: string): Promise<Archived[]> {
  if (EXECUTION.test(what)) return filesOfExecution(deployment, what, archiveKey(what, ''));
  if (what.startsWith(ARCHIVE)) return filesOfExecution(deployment, what.split('/')[1] ?? '', what);
  const key = inputKey(what);
  const uploads = await readUploads(deployment, key, Number.POSITIVE_INFINITY);
  const newest = uploads.find(({ outcome }) => outcome === 'archived');
  if (newest?.destination === undefined) {
    throw new DeploymentError(
      `${key}: no upload of it was archived; what there was, daybook files --key tells`,
    );
  }
  return [{ archived: newest.destination, key, uploaded_at: newest.replay_of ?? newest.uploaded_at }];
}

/** Those below a prefix of the archive. */
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
        `${archived}: neither the ledger nor the batch's manifest knows its upload; drop it into input/ to have its rows as the newest`,
      );
    }
    found.push({ archived, key: file.key, uploaded_at: file.uploaded_at });
  }
  if (found.length === 0) throw new DeploymentError(`${prefix}: nothing is archived there`);
  return found;
}

/** The manifest goes with the results, after 90 days; the ledger stays. */
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
  // What was a replay before is as old as what it repeated.
  const uploadedAt = (repeats: string | undefined) => repeats ?? file.uploaded_at;
  const copied = await copyBack(file, uploadedAt, { client: s3, bucket });
  if (!copied) throw new DeploymentError(`${file.archived}: nothing lies there any more`);
  return { ...file, ...copied };
}
