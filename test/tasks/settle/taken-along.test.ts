import type { Finding } from '../../../domain/ledger';
import type { CopiedBack, CopyBack } from '../../../tasks/copy-back';
import { putBackTakenAlong } from '../../../tasks/settle/taken-along';
import { MemoryLedger } from '../../builders/memory-ledger';

const KEY = 'input/orders.csv';
const upload = (minute: number, more: object = {}) => ({
  key: KEY,
  etag: 'e',
  size: 10,
  uploaded_at: `2025-03-30T12:0${minute}:00.000Z`,
  ...more,
});

/** What is copied back where the first upload came at 12:01 and its execution ended at 12:05. */
async function copiedBack(file: ReturnType<typeof upload>, more: Partial<Finding> = {}): Promise<unknown[]> {
  const ledger = new MemoryLedger();
  const archived: Finding = {
    ...upload(1),
    outcome: 'archived',
    execution: 'e-1',
    destination: 'archive/e-1/orders.csv',
    ...more,
  };
  await ledger.begin('e-1', [{ ...upload(1), tries: 1 }], new Date('2025-03-30T12:02:00Z'));
  await ledger.record([archived], new Date('2025-03-30T12:05:00Z'));
  const copies: unknown[] = [];
  const copyBack = async ({ archived, key }: CopyBack, uploaded_at: string): Promise<CopiedBack> => {
    copies.push({ archived, key, uploaded_at });
    return { outcome: 'replayed', uploaded_at };
  };
  const reason = await putBackTakenAlong(file, { ledger, copyBack });
  expect(reason !== undefined).toBe(copies.length > 0);
  return copies;
}

describe('a file that is gone', () => {
  it('is put back, as old as it was, where the same content was being dealt with when it came', async () => {
    expect(await copiedBack(upload(3))).toEqual([
      { archived: 'archive/e-1/orders.csv', key: KEY, uploaded_at: '2025-03-30T12:03:00.000Z' },
    ]);
  });

  it('is left where the upload before it', async () => {
    expect(await copiedBack(upload(6))).toEqual([]); // was at its end,
    expect(await copiedBack(upload(3, { etag: 'f' }))).toEqual([]); // had other content,
    expect(await copiedBack(upload(0))).toEqual([]); // came after it,
    expect(await copiedBack(upload(3), { outcome: 'replaced', destination: undefined })).toEqual([]); // went nowhere.
  });
});
