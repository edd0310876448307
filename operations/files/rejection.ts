import type { LedgerItem } from '../../domain/ledger';
import { reasonKey } from '../../domain/object-keys';
import { type Rejection, rejectionSchema } from '../../domain/rejection';
import { dynamoDbLedger } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';

/** Larger than any `.reason.json`. */
const MAX_BYTES = 256 * 1024;

/** undefined: it no longer exists, or was not written by Daybook. */
export async function readRejection(
  { s3, bucket }: Deployment,
  { outcome, destination }: LedgerItem,
): Promise<Rejection | undefined> {
  if (outcome !== 'rejected' || destination === undefined) return undefined;
  const found = await s3Bucket(s3, bucket).getRange(reasonKey(destination), 0, MAX_BYTES);
  if (!found) return undefined;
  try {
    return rejectionSchema.safeParse(JSON.parse(new TextDecoder().decode(found))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws DeploymentError for an upload that is not in the ledger */
export async function findUpload(
  { dynamoDb, names }: Deployment,
  place: Pick<LedgerItem, 'key' | 'upload'>,
): Promise<LedgerItem> {
  const found = await dynamoDbLedger(dynamoDb, names.ledgerTable).read(place);
  if (!found)
    throw new DeploymentError(`${place.key}: the ledger has no upload ${JSON.stringify(place.upload)}`);
  return found;
}
