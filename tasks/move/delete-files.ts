import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Move } from '../../domain/workflow';
import { CONFLICTS } from '../../storage/conflicts';
import { codeOf } from '../../storage/s3-errors';
import { MoveError } from './move-error';

/** XML cannot contain these characters, so a key with one of them is deleted by its own request. */
const NOT_IN_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

export type Deleted = 'moved' | 'gone' | 'replaced';

/**
 * Deletes files, at most 1,000, each only if the validated version is still there, and not a newer one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 *
 * @returns the outcome of each, in their order
 * @throws MoveError for the first file that S3 did not delete for another reason
 */
export async function deleteFiles(
  moves: readonly Move[],
  client: S3Client,
  bucket: string,
): Promise<Deleted[]> {
  const together = moves.filter(({ key }) => !NOT_IN_XML.test(key));
  const answers = new Map<string, { readonly code: string; readonly cause: unknown }>();
  if (together.length > 0) {
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Quiet: true, Objects: together.map(({ key, etag }) => ({ Key: key, ETag: `"${etag}"` })) },
      }),
    );
    for (const { Key = '', Code = '', Message = '' } of Errors) {
      answers.set(Key, { code: Code, cause: `${Code}: ${Message}` });
    }
  }
  // The client repeats a request for one key after a conflict, but not a request for many.
  const alone = moves.filter(
    ({ key }) => NOT_IN_XML.test(key) || CONFLICTS.includes(answers.get(key)?.code ?? ''),
  );
  for (const { key, etag } of alone) {
    answers.delete(key);
    await client
      .send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` }))
      .catch((cause: Error) => answers.set(key, { code: codeOf(cause) ?? cause.name, cause }));
  }
  return moves.map((move) => {
    const answer = answers.get(move.key);
    if (!answer) return 'moved';
    if (answer.code === 'NoSuchKey') return 'gone';
    if (answer.code === 'PreconditionFailed') return 'replaced';
    throw new MoveError(move, answer.cause);
  });
}
