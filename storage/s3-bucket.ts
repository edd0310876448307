import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Bucket, ObjectInfo } from './bucket';
import { atMost, inParallel } from './parallel';
import { confirmedEtag, ignoreErrors } from './s3-errors';

/**
 * Files up to this size are uploaded in one request, from memory, so that the client can retry it. The minimum part size of
 * S3 is 5 MiB.
 */
const SINGLE_PUT_BYTES = 16 * 1024 * 1024;

/** Objects up to this size are read into memory before they are written to disk. */
const SINGLE_WRITE_BYTES = 1024 * 1024;

/** Larger objects are downloaded in parts of this size, in bytes, if their size is known. */
const PART_BYTES = 8 * 1024 * 1024;

/** Downloads in parallel. */
const PARALLEL_DOWNLOADS = 16;

/** A bucket of S3, or of the client's endpoint. */
export function s3Bucket(client: S3Client, name: string): Bucket {
  const target = (key: string) => ({ Bucket: name, Key: key });
  const limited = atMost(PARALLEL_DOWNLOADS);

  async function downloadWhole(object: ObjectVersion, path: string): Promise<ObjectInfo | undefined> {
    return limited(async () => {
      const found = await ignoreErrors(
        ['NoSuchKey', 'PreconditionFailed'],
        client.send(new GetObjectCommand(object)),
      );
      if (!found) return undefined;
      // There are many small objects, and for them a stream to disk takes longer than the download.
      if ((found.ContentLength ?? Infinity) <= SINGLE_WRITE_BYTES) {
        await writeFile(path, (await found.Body?.transformToByteArray()) ?? '');
      } else {
        await pipeline(found.Body as Readable, createWriteStream(path));
      }
      return describe(object.Key, found);
    });
  }

  /** The first response gives the ETag and the size; the other parts are downloaded in parallel, on condition of that ETag. */
  async function downloadParts(object: ObjectVersion, path: string): Promise<ObjectInfo | undefined> {
    await writeFile(path, '');
    const part = (start: number, IfMatch = object.IfMatch) =>
      limited(async () => {
        const Range = `bytes=${start}-${start + PART_BYTES - 1}`;
        const command = new GetObjectCommand({ ...object, ...(IfMatch && { IfMatch }), Range });
        const found = await ignoreErrors(
          ['NoSuchKey', 'PreconditionFailed', 'InvalidRange'],
          client.send(command),
        );
        if (found) await pipeline(found.Body as Readable, createWriteStream(path, { flags: 'r+', start }));
        return found;
      });
    const first = await part(0);
    // An empty object has no parts.
    if (!first) return downloadWhole(object, path);
    const size = Number(first.ContentRange?.split('/')[1] ?? first.ContentLength);
    const starts = Array.from({ length: Math.ceil(size / PART_BYTES) - 1 }, (_, at) => (at + 1) * PART_BYTES);
    const rest = await inParallel(PARALLEL_DOWNLOADS, starts, (start) => part(start, first.ETag));
    if (rest.includes(undefined)) return undefined;
    return describe(object.Key, { ...first, ContentLength: size });
  }

  return {
    name,

    async head(key) {
      const found = await ignoreErrors(['NoSuchKey'], client.send(new HeadObjectCommand(target(key))));
      return found && describe(key, found);
    },

    async get(key) {
      const found = await ignoreErrors(['NoSuchKey'], client.send(new GetObjectCommand(target(key))));
      return found?.Body?.transformToByteArray();
    },

    async getRange(key, start, length) {
      const command = new GetObjectCommand({ ...target(key), Range: `bytes=${start}-${start + length - 1}` });
      const found = await ignoreErrors(['NoSuchKey'], client.send(command));
      return found?.Body?.transformToByteArray();
    },

    async *list(prefix, startAfter) {
      const query = { Bucket: name, Prefix: prefix, ...(startAfter && { StartAfter: startAfter }) };
      for await (const page of paginateListObjectsV2({ client }, query)) {
        for (const entry of page.Contents ?? []) {
          yield describe(entry.Key ?? '', { ...entry, ContentLength: entry.Size });
        }
      }
    },

    async put(key, body, contentType) {
      await client.send(new PutObjectCommand({ ...target(key), Body: body, ContentType: contentType }));
    },

    async putIfAbsent(key, body, contentType) {
      const command = new PutObjectCommand({
        ...target(key),
        Body: body,
        ContentType: contentType,
        IfNoneMatch: '*',
      });
      return (await ignoreErrors(['PreconditionFailed'], client.send(command))) ? 'created' : 'exists';
    },

    async download(key, path, ifMatch, size = 0) {
      const object = { ...target(key), ...(ifMatch && { IfMatch: `"${ifMatch}"` }) };
      return size > PART_BYTES ? downloadParts(object, path) : downloadWhole(object, path);
    },

    async upload(key, path, metadata) {
      const { size } = await stat(path);
      const object = { ...target(key), ...(metadata && { Metadata: metadata }) };
      if (size <= SINGLE_PUT_BYTES) {
        await client.send(new PutObjectCommand({ ...object, Body: await readFile(path) }));
      } else {
        const upload = new Upload({ client, params: { ...object, Body: createReadStream(path) } });
        confirmedEtag(key, await upload.done());
      }
    },

    async delete(key) {
      await client.send(new DeleteObjectCommand(target(key)));
    },
  };
}

interface ObjectVersion {
  readonly Bucket: string;
  readonly Key: string;
  /** An ETag in quotes. */
  readonly IfMatch?: string;
}

interface Described {
  ContentLength?: number | undefined;
  ETag?: string | undefined;
  LastModified?: Date | undefined;
  Metadata?: Record<string, string> | undefined;
}

function describe(key: string, found: Described): ObjectInfo {
  return {
    key,
    size: found.ContentLength ?? 0,
    etag: (found.ETag ?? '').replaceAll('"', ''),
    lastModified: found.LastModified ?? new Date(0),
    ...(found.Metadata && { metadata: found.Metadata }),
  };
}
