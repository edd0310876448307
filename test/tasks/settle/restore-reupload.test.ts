import { createHash } from 'node:crypto';
import type { CopiedBack, CopyBack } from '../../../storage/copy-back';
import { restoreReupload } from '../../../tasks/settle/restore-reupload';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';

const KEY = 'input/orders.csv';
const PLACE = 'archive/e-1/orders.csv';
const upload = (minute: number, more: object = {}) => ({
  key: KEY,
  etag: createHash('md5').update('orders').digest('hex'),
  size: 6,
  uploaded_at: `2025-03-30T12:0${minute}:00.000Z`,
  ...more,
});

/** What is copied back where an upload of 12:01 was moved to its place at 12:05, and these came between. */
async function copiedBack(file: ReturnType<typeof upload>, ...between: ReturnType<typeof upload>[]) {
  const body = 'orders';
  return copiedBackOf(body, file, between);
}

async function copiedBackOf(
  body: string,
  file: ReturnType<typeof upload>,
  between: readonly ReturnType<typeof upload>[] = [],
) {
  const bucket = new MemoryBucket('memory', () => new Date('2025-03-30T12:05:00Z'));
  const ledger = new MemoryLedger();
  await ledger.begin('e-1', [{ ...upload(1), tries: 1 }], new Date('2025-03-30T12:02:00Z'));
  await bucket.put(PLACE, body);
  for (const one of between) await ledger.begin('e-2', [{ ...one, tries: 1 }], new Date());
  const copies: unknown[] = [];
  const copyBack = async ({ archived, key }: CopyBack, uploaded_at: string): Promise<CopiedBack> => {
    copies.push({ archived, key, uploaded_at });
    return { outcome: 'replayed', uploaded_at };
  };
  const reason = await restoreReupload(file, { bucket, ledger, copyBack });
  expect(reason !== undefined).toBe(copies.length > 0);
  return copies;
}

describe('a file that is gone', () => {
  const putBack = [{ archived: PLACE, key: KEY, uploaded_at: '2025-03-30T12:04:00.000Z' }];

  it('is restored with its upload time if an execution of the same content moved it, ended or not', async () => {
    expect(await copiedBack(upload(4))).toEqual(putBack);
  });

  it('is restored even if others were uploaded between', async () => {
    expect(await copiedBack(upload(4), upload(2), upload(3, { etag: 'f' }))).toEqual(putBack);
  });

  it('is not restored if the execution moved a newer upload of the key', async () => {
    expect(await copiedBackOf('newest', upload(4))).toEqual([]);
  });

  it('is not restored if the moved file', async () => {
    expect(await copiedBack(upload(6))).toEqual([]); // lay in its place before this came,
    expect(await copiedBack(upload(4, { etag: 'f' }))).toEqual([]); // had other content,
    expect(await copiedBack(upload(0))).toEqual([]); // came after it.
  });
});
