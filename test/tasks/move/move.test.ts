import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET } from 'local-aws/testing';
import { archiveKey, movesKey, rejectedKey } from '../../../domain/object-keys';
import type { BatchFile, Move } from '../../../domain/workflow';
import { s3Bucket } from '../../../storage/s3-bucket';
import { deleteFiles } from '../../../tasks/move/delete-files';
import { MoveGroupMissingError, run } from '../../../tasks/move/move';
import { MoveError } from '../../../tasks/move/move-error';
import { type FaultyS3, startFaultyS3 } from '../../builders/faulty-s3';
import { MemoryLedger } from '../../builders/memory-ledger';
import { silentLogger } from '../../builders/silent-logger';

const AT = new Date('2025-03-30T12:05:00.000Z');

let server: FaultyS3;
let ledger: MemoryLedger;
let bucket: ReturnType<typeof s3Bucket>;
/** Commands sent, as `CopyObject archive/e1/a.csv`. */
let sent: string[];
/** Runs ahead of every command; throw to refuse it. */
let before: (command: string) => void | Promise<void>;

beforeEach(async () => {
  server = await startFaultyS3();
  ledger = new MemoryLedger();
  bucket = s3Bucket(server.client, BUCKET);
  sent = [];
  before = () => {};
});
afterEach(() => server.stop());

/** The client that move has, seen through. */
function watched(): S3Client {
  const { client } = server;
  return new Proxy(client, {
    get: (target, name) => {
      if (name !== 'send') return Reflect.get(target, name, target);
      return async (command: {
        constructor: { name: string };
        input: { Key?: string; Delete?: { Objects: { Key: string }[] } };
      }) => {
        const { Key = command.input.Delete?.Objects.map((one) => one.Key).join(' ') } = command.input;
        const what = `${command.constructor.name.replace('Command', '')} ${Key}`;
        sent.push(what);
        await before(what);
        return target.send(command as unknown as PutObjectCommand);
      };
    },
  });
}

const uploads: string[] = [];
async function put(key: string, body = key): Promise<BatchFile> {
  await server.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  const { etag = '', size = 0 } = (await bucket.head(key)) ?? {};
  return { key, etag, size, uploaded_at: `2025-03-30T12:00:00.${100 + uploads.push(key)}Z`, tries: 1 };
}

/** Makes a group of the files, and has it moved. */
async function move(execution: string, files: readonly BatchFile[], maxBytesPerRequest?: number) {
  const moves: Move[] = files.map(({ key, etag, size, uploaded_at }) => ({
    ...{ key, etag, size, uploaded_at },
    destination: archiveKey(execution, key),
  }));
  await bucket.put(movesKey(execution, 'valid', 0), JSON.stringify({ execution_id: execution, moves }));
  const client = watched();
  return run(
    { execution_id: execution, outcome: 'valid', group: 0 },
    {
      s3: { client, ...(maxBytesPerRequest && { maxBytesPerRequest }) },
      bucket: s3Bucket(client, BUCKET),
      ledger,
      logger: silentLogger,
    },
  );
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of bucket.list('')) if (!key.startsWith('results/')) found.push(key);
  return found;
}

describe('a group', () => {
  test('goes to its destinations, whatever the keys', async () => {
    const names = [
      'input/a.csv',
      'input/with space/a+b %41 "q";é.csv',
      "input/it's (1)!.csv",
      'input/😀.csv',
    ];
    const files = await Promise.all(names.map((key) => put(key)));
    expect(await move('e1', files)).toEqual({ moved: 4, gone: 0, replaced: 0, taken: 0 });
    expect(await keys()).toEqual(names.map((key) => archiveKey('e1', key)).sort());
    for (const key of names)
      expect(Buffer.from((await bucket.get(archiveKey('e1', key))) ?? []).toString()).toBe(key);
  });

  test('that was never written fails with its key', async () => {
    const nothing = { bucket, s3: server, ledger, logger: silentLogger };
    const failure = run({ execution_id: 'e1', outcome: 'invalid', group: 3 }, nothing);
    await expect(failure).rejects.toThrow(MoveGroupMissingError);
    await expect(failure).rejects.toThrow('results/e1/moves/invalid-003.json does not exist');
  });

  test('is moved again without harm', async () => {
    const files = [await put('input/a.csv'), await put('input/b.csv')];
    await move('e1', files);
    expect(await move('e1', files)).toEqual({ moved: 0, gone: 2, replaced: 0, taken: 0 });
    expect(await keys()).toEqual(['archive/e1/a.csv', 'archive/e1/b.csv']);
  });
});

test('a key that XML cannot contain is deleted like any other, unless a newer upload is there', async () => {
  const odd = ['input/bell\u0007.csv', 'input/line\n.csv', 'input/newer\u0001.csv'];
  const files = await Promise.all(odd.map((key) => put(key)));
  const plain = await put('input/plain.csv');
  before = async (command) => {
    if (command === 'DeleteObject input/newer\u0001.csv') await put('input/newer\u0001.csv', 'new');
  };
  expect(await move('e1', [...files, plain])).toEqual({ moved: 3, gone: 0, replaced: 1, taken: 0 });
  expect((await keys()).filter((key) => key.startsWith('input/'))).toEqual(['input/newer\u0001.csv']);
});

describe('a newer upload', () => {
  test('before the copy is left alone', async () => {
    const old = await put('input/a.csv', 'old');
    await put('input/a.csv', 'new');
    expect(await move('e1', [old])).toEqual({ moved: 0, gone: 0, replaced: 1, taken: 0 });
    expect(await keys()).toEqual(['input/a.csv']);
  });

  test('between copy and delete is left alone', async () => {
    const old = await put('input/a.csv', 'old');
    before = async (command) => {
      if (command === 'DeleteObjects input/a.csv') await put('input/a.csv', 'new');
    };
    expect(await move('e1', [old])).toEqual({ moved: 0, gone: 0, replaced: 1, taken: 0 });
    expect(Buffer.from((await bucket.get('input/a.csv')) ?? []).toString()).toBe('new');
    expect(Buffer.from((await bucket.get('archive/e1/a.csv')) ?? []).toString()).toBe('old');
  });
});

describe('a fault', () => {
  test.each([
    ['CopyObject archive/e1/a.csv', 'input/a.csv to archive/e1/a.csv: Error: connection reset'],
    ['DeleteObjects input/a.csv input/b.csv', 'connection reset'],
  ])('at %s fails the group, and the next try succeeds', async (faulty, message) => {
    const files = [await put('input/a.csv'), await put('input/b.csv')];
    before = (command) => {
      if (command === faulty) throw new Error('connection reset');
    };
    await expect(move('e1', files)).rejects.toThrow(message);
    before = () => {};
    expect(await move('e1', files)).toMatchObject({ moved: 2 });
    expect(await keys()).toEqual(['archive/e1/a.csv', 'archive/e1/b.csv']);
  });

  test('at one file of a delete request fails the group, names it, and deletes the others', async () => {
    const files = [await put('input/a.csv'), await put('input/b.csv')];
    const { client } = server;
    const refused = {
      Key: 'input/a.csv',
      Code: 'InternalError',
      Message: 'We encountered an internal error.',
    };
    const faulty: S3Client = new Proxy(client, {
      get: (target, name) =>
        name === 'send' ? async () => ({ Errors: [refused] }) : Reflect.get(target, name, target),
    });
    const moves = files.map((file) => ({ ...file, destination: archiveKey('e1', file.key) }));
    const failure = deleteFiles(moves, faulty, BUCKET);
    await expect(failure).rejects.toThrow(MoveError);
    await expect(failure).rejects.toThrow('input/a.csv to archive/e1/a.csv: InternalError: We encountered');
  });

  test('of S3 at a copy, after status 200, fails the group, and no file is deleted', async () => {
    const file = await put('input/a.csv');
    server.failAfter200('CopyObject', 'SlowDown');
    await expect(move('e1', [file])).rejects.toThrow('input/a.csv to archive/e1/a.csv: SlowDown');
    expect(await keys()).toEqual(['input/a.csv']);
    expect(await move('e1', [file])).toMatchObject({ moved: 1 });
  });

  test.each([
    ['NoSuchKey', { moved: 0, gone: 1, replaced: 0, taken: 0 }],
    ['PreconditionFailed', { moved: 0, gone: 0, replaced: 1, taken: 0 }],
  ])('of S3 at a copy, after status 200, that says %s leaves the file alone', async (code, expected) => {
    const file = await put('input/a.csv');
    server.failAfter200('CopyObject', code);
    expect(await move('e1', [file])).toEqual(expected);
    expect(await keys()).toEqual(['input/a.csv']);
  });

  test('of a missing bucket is not a moved file', async () => {
    const [file] = [await put('input/a.csv')];
    const moves = [{ ...file, destination: 'archive/e1/a.csv' }];
    await bucket.put(movesKey('e1', 'valid', 0), JSON.stringify({ execution_id: 'e1', moves }));
    const elsewhere = { ...bucket, name: 'another' };
    const deps = { bucket: elsewhere, s3: server, ledger, logger: silentLogger };
    const failure = run({ execution_id: 'e1', outcome: 'valid', group: 0 }, deps);
    await expect(failure).rejects.toThrow(/NoSuchBucket/);
  });
});

describe('a file whose deletion meets another request for it', () => {
  test('is deleted by a request of its own, also after more conflicts', async () => {
    const files = [await put('input/a.csv'), await put('input/b.csv')];
    server.conflict('DeleteObjects');
    server.conflict('DeleteObject', 2);
    expect(await move('e1', files)).toEqual({ moved: 2, gone: 0, replaced: 0, taken: 0 });
    expect(await keys()).toEqual(['archive/e1/a.csv', 'archive/e1/b.csv']);
    expect(sent.slice(-2)).toEqual(['DeleteObjects input/a.csv input/b.csv', 'DeleteObject input/a.csv']);
  });

  test('is left alone if that request replaced it', async () => {
    const file = await put('input/a.csv', 'old');
    server.conflict('DeleteObjects');
    before = async (command) => {
      if (command === 'DeleteObject input/a.csv') await put('input/a.csv', 'new');
    };
    expect(await move('e1', [file])).toEqual({ moved: 0, gone: 0, replaced: 1, taken: 0 });
    expect(Buffer.from((await bucket.get('input/a.csv')) ?? []).toString()).toBe('new');
  });

  test('fails the group if the conflicts do not end', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    try {
      const file = await put('input/a.csv');
      server.conflict('DeleteObjects');
      server.conflict('DeleteObject', 6);
      const failure = move('e1', [file]);
      await expect(failure).rejects.toThrow(MoveError);
      await expect(failure).rejects.toThrow('ConditionalRequestConflict');
    } finally {
      jest.restoreAllMocks();
    }
  });
});

describe('a file that an earlier execution copied, but did not delete', () => {
  /** `e1` dies between copy and delete; its batch is released. */
  async function copiedOnly(key: string): Promise<BatchFile> {
    const file = await put(key);
    await ledger.begin('e1', [file], AT);
    before = (command) => {
      if (command === `DeleteObjects ${key}`) throw new Error('killed');
    };
    await expect(move('e1', [file])).rejects.toThrow('killed');
    before = () => {};
    await ledger.release('e1', [file], 'killed', AT);
    expect(await keys()).toEqual([archiveKey('e1', key), key]);
    return file;
  }

  test('ends where the successful execution moves it, and nowhere else', async () => {
    const file = await copiedOnly('input/a.csv');
    const other = await put('input/b.csv');
    await ledger.begin('e2', [file, other], AT);
    await move('e2', [file, other]);
    expect(await keys()).toEqual(['archive/e2/a.csv', 'archive/e2/b.csv']);
  });

  test('does so if it was rejected then, and the reason stays', async () => {
    const file = await put('input/a.csv');
    await ledger.begin('e1', [file], AT);
    await bucket.put(rejectedKey('e1', file.key), 'input/a.csv');
    await bucket.put(`${rejectedKey('e1', file.key)}.reason.json`, '{}');
    await ledger.release('e1', [file], 'killed', AT);
    await ledger.begin('e2', [file], AT);
    await move('e2', [file]);
    expect(await keys()).toEqual(['archive/e2/a.csv', 'rejected/e1/a.csv.reason.json']);
  });

  test('exists at every moment, and is cleaned up after a second crash', async () => {
    const file = await copiedOnly('input/a.csv');
    await ledger.begin('e2', [file], AT);
    before = (command) => {
      if (command === 'DeleteObject archive/e1/a.csv') throw new Error('killed');
    };
    await expect(move('e2', [file])).rejects.toThrow('killed');
    expect(await keys()).toEqual(['archive/e1/a.csv', 'archive/e2/a.csv', 'input/a.csv']);
    before = () => {};
    await move('e2', [file]);
    expect(await keys()).toEqual(['archive/e2/a.csv']);
  });

  test('is left to the execution that has it now, which removes every other copy', async () => {
    const file = await copiedOnly('input/a.csv');
    await ledger.begin('e2', [file], AT);
    await ledger.begin('e3', [file], AT);
    expect(await move('e2', [file])).toEqual({ moved: 0, gone: 0, replaced: 0, taken: 1 });
    expect(await keys()).toEqual(['archive/e1/a.csv', 'archive/e2/a.csv', 'input/a.csv']);
    await move('e3', [file]);
    expect(await keys()).toEqual(['archive/e3/a.csv']);
  });

  test('is moved by an execution that a person started, which the ledger does not know', async () => {
    const file = await copiedOnly('input/a.csv');
    expect(await move('by-hand', [file])).toMatchObject({ moved: 1, taken: 0 });
    expect(await keys()).toEqual(['archive/by-hand/a.csv', 'archive/e1/a.csv']);
  });

  test('needs no listing if no file had an earlier execution', async () => {
    const file = await put('input/a.csv');
    await ledger.begin('e1', [file], AT);
    await move('e1', [file]);
    expect(sent).toEqual([
      'GetObject results/e1/moves/valid-000.json',
      'CopyObject archive/e1/a.csv',
      'DeleteObjects input/a.csv',
    ]);
  });
});

describe('a file too large to be copied in one request', () => {
  const MIB = 1024 ** 2;
  const body = Buffer.alloc(11 * MIB, 'orders\n');

  async function putLarge(key: string): Promise<BatchFile> {
    const tagged = { Tagging: 'team=shop%20eu&kind=orders', Metadata: { sender: 'till 7' } };
    const file = await put(key);
    await server.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ContentType: 'text/csv', ...tagged }),
    );
    return { ...file, ...((await bucket.head(key)) ?? {}) };
  }
  const unfinished = async () =>
    (await server.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? [];

  test('is moved in parts, with its metadata and tags', async () => {
    const file = await putLarge('input/large.csv');
    expect(await move('e1', [file], 10 * MIB)).toEqual({ moved: 1, gone: 0, replaced: 0, taken: 0 });
    expect(sent.map((command) => command.split(' ')[0])).toContain('UploadPartCopy');
    const target = { Bucket: BUCKET, Key: 'archive/e1/large.csv' };
    const head = await server.client.send(new HeadObjectCommand(target));
    expect(head).toMatchObject({ ContentType: 'text/csv', Metadata: { sender: 'till 7' } });
    const { TagSet } = await server.client.send(new GetObjectTaggingCommand(target));
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'shop eu' },
        { Key: 'kind', Value: 'orders' },
      ]),
    );
    expect(await keys()).toEqual(['archive/e1/large.csv']);
  });

  test.each([
    [
      'is replaced',
      async (key: string) => void (await put(key, 'new')),
      { moved: 0, gone: 0, replaced: 1, taken: 0 },
    ],
    ['is deleted', (key: string) => bucket.delete(key), { moved: 0, gone: 1, replaced: 0, taken: 0 }],
  ])(
    'and %s while its parts are copied is left alone, and nothing of the copy remains',
    async (_, how, expected) => {
      const file = await putLarge('input/large.csv');
      before = async (command) => {
        if (command.startsWith('UploadPartCopy')) await how('input/large.csv');
      };
      expect(await move('e1', [file], 10 * MIB)).toEqual(expected);
      expect((await keys()).filter((key) => key.startsWith('archive/'))).toEqual([]);
      expect(await unfinished()).toEqual([]);
    },
  );

  test('whose upload is aborted meanwhile was not moved', async () => {
    const file = await putLarge('input/large.csv');
    before = (command) => {
      if (command.startsWith('CompleteMultipartUpload'))
        throw Object.assign(new Error('gone'), { name: 'NoSuchUpload', $metadata: { httpStatusCode: 404 } });
    };
    await expect(move('e1', [file], 10 * MIB)).rejects.toThrow(MoveError);
    expect(await keys()).toEqual(['input/large.csv']);
    expect(await unfinished()).toEqual([]);
  });
});
