import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LedgerItem } from '../../domain/ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { draftKind, inferContract } from './infer';
import type { ContractDraft } from './views';

/** A draft from a file on this disk. @param name of the file @throws like inferContract */
export async function draftFrom(file: string, name: string): Promise<ContractDraft> {
  const kind = draftKind(name);
  return { kind, yaml: await inferContract(file, kind, name) };
}

/**
 * A draft from an upload that was archived or rejected; downloads the file.
 * @throws DeploymentError if it no longer exists, or is larger than `maxBytes`; and like inferContract
 */
export async function draftFromUpload(
  { s3, bucket }: Pick<Deployment, 's3' | 'bucket'>,
  { key, destination, size }: Pick<LedgerItem, 'key' | 'destination' | 'size'>,
  maxBytes: number,
): Promise<ContractDraft> {
  const name = path.posix.basename(key);
  if (size > maxBytes) {
    throw new DeploymentError(
      `${JSON.stringify(name)} is larger than ${maxBytes} bytes: use daybook contract infer`,
    );
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-draft-'));
  try {
    const file = path.join(directory, 'file');
    const found = destination !== undefined && (await s3Bucket(s3, bucket).download(destination, file));
    if (!found) throw new DeploymentError(`${JSON.stringify(name)} no longer exists`);
    return await draftFrom(file, name);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
