import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { gunzip } from '../../formats/packaging/gunzip';
import { packagingOf } from '../../formats/packaging/packaging';
import { unzip } from '../../formats/packaging/unzip';
import { unzstd } from '../../formats/packaging/unzstd';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';

/**
 * The text of an archived or rejected file, decompressed. A reader can stop early.
 * @throws NoSuchKey of S3, UnpackError
 */
export async function* objectText(deployment: Deployment, key: string): AsyncGenerator<Buffer> {
  const { Body } = await deployment.s3.send(new GetObjectCommand({ Bucket: deployment.bucket, Key: key }));
  const body = Body as Readable;
  try {
    const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await chunks.next();
    if (first.done) return;
    const packaging = packagingOf(first.value);
    if (packaging === 'zip') {
      yield* zipObject(deployment, key);
      return;
    }
    const whole = Readable.from(withFirst(first.value, chunks));
    if (packaging === 'gzip') yield* gunzip(whole);
    else if (packaging === 'zstd') yield* unzstd(whole);
    else yield* whole;
  } finally {
    body.destroy();
  }
}

async function* withFirst(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The directory of an archive is at its end, so it is downloaded first. */
async function* zipObject({ s3, bucket }: Deployment, key: string): AsyncGenerator<Buffer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-zip-'));
  try {
    const local = path.join(directory, 'archive.zip');
    if (await s3Bucket(s3, bucket).download(key, local)) yield* unzip(local);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
