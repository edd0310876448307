import type { Outcome } from '../../../domain/ledger';
import { archiveKey, rejectedKey, taskResultKey } from '../../../domain/object-keys';
import type { BatchFile, ValidatedFile } from '../../../domain/workflow';
import { readBatchManifest, writeBatchManifest } from '../../../storage/batch-manifest';
import { run } from '../../../tasks/settle/settle';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { silentLogger } from '../../builders/silent-logger';
import { silentMetrics } from '../../builders/silent-metrics';

const AT = new Date('2025-03-30T12:09:00.000Z');
const KEY = 'input/orders.csv';

const file = (key = KEY, more: Partial<BatchFile> = {}): BatchFile => ({
  key,
  etag: 'e',
  size: 10,
  uploaded_at: '2025-03-30T12:00:00.000Z',
  tries: 1,
  ...more,
});

/** Executions of the same files, one after the other, as far as settle sees them. */
class Settling {
  readonly bucket = new MemoryBucket();
  readonly queue = new MemoryQueue();
  readonly ledger = new MemoryLedger();

  async begin(execution: string, ...files: BatchFile[]): Promise<void> {
    this.queue.send('a message');
    const messages = await this.queue.receive(10);
    await writeBatchManifest(this.bucket, {
      execution_id: execution,
      files,
      messages: messages.map((m) => ({ message_id: m.messageId, receipt_handle: m.receiptHandle })),
    });
    await this.ledger.begin(execution, files, AT);
  }

  async replace(execution: string, ...replaced: BatchFile[]): Promise<void> {
    await writeBatchManifest(this.bucket, { ...(await readBatchManifest(this.bucket, execution)), replaced });
  }

  async validated(execution: string, ...files: (Partial<ValidatedFile> & Pick<ValidatedFile, 'outcome'>)[]) {
    await this.result(execution, 'validate', {
      contracts: '0123456789ab',
      counts: { files: 1, valid: 1, invalid: 0, duplicate: 0, gone: 0, replaced: 0, rows: 0, bad_rows: 0 },
      files: files.map((more) => {
        const { size, tries, ...identity } = file();
        return { ...identity, bytes: size, rows: 0, bad_rows: 0, extra_columns: [], ...more };
      }),
    });
  }

  async valid(execution: string, key = KEY, more: Partial<ValidatedFile> = {}): Promise<void> {
    const destination = archiveKey(execution, key);
    await this.validated(execution, {
      key,
      outcome: 'valid',
      kind: 'orders',
      rows: 7,
      bad_rows: 2,
      rows_key: 'results/rows',
      rejected_rows_key: 'rejected/rows',
      destination,
      ...more,
    });
  }

  async staged(execution: string, superseded: number): Promise<void> {
    const counts = { rows: 7, inserted: 7, updated: 0, superseded, files_added: 1, files_removed: 0 };
    await this.result(execution, 'stage', { tables: [{ table: 'orders', version: 4, ...counts }] });
  }

  async result(execution: string, task: 'validate' | 'stage', result: object): Promise<void> {
    const base = { task, execution_id: execution, status: 'succeeded', started_at: '', duration_ms: 1 };
    await this.bucket.put(taskResultKey(execution, task), JSON.stringify({ ...base, ...result }));
  }

  settle(executionId: string, mode: 'delete' | 'release' = 'delete') {
    const { bucket, queue, ledger } = this;
    const failure = { StageFiles: { Error: 'States.TaskFailed', Cause: 'no space left' } };
    const deps = {
      ...{ bucket, queue, ledger, logger: silentLogger, metrics: silentMetrics },
      clock: () => AT,
      copyBack: async () => undefined,
    };
    return run({ executionId, mode, ...(mode === 'release' && { failure }) }, deps);
  }
}

let settling: Settling;
beforeEach(() => {
  settling = new Settling();
});

test('an archived file is recorded with its rows and the table version that holds them', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  await settling.staged('e-1', 0);
  await settling.bucket.put(archiveKey('e-1', KEY), 'rows');
  await settling.settle('e-1');
  expect(settling.ledger.all).toEqual([
    expect.objectContaining({
      outcome: 'archived',
      execution: 'e-1',
      kind: 'orders',
      rows: 7,
      rows_rejected: 2,
      rejected_rows_key: 'rejected/rows',
      destination: 'archive/e-1/orders.csv',
      staged_version: 4,
      contracts: '0123456789ab',
    }),
  ]);
});

test('rows that the contract leaves out, and those that delete their key, are recorded where there are any', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1', KEY, { left_out_rows: 3, deleted_rows: 1 });
  await settling.staged('e-1', 0);
  await settling.bucket.put(archiveKey('e-1', KEY), 'rows');
  await settling.settle('e-1');
  expect(settling.ledger.all[0]).toMatchObject({
    rows: 7,
    rows_rejected: 2,
    rows_left_out: 3,
    rows_deleted: 1,
  });
});

test('of a file of events, its events are recorded besides its rows, which are also those of items', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1', KEY, {
    kind: 'events',
    mapped: [
      { kind: 'events', rows: 2 },
      { kind: 'event_items', rows: 5 },
    ],
  });
  await settling.staged('e-1', 0);
  await settling.bucket.put(archiveKey('e-1', KEY), 'rows');
  await settling.settle('e-1');
  expect(settling.ledger.all[0]).toMatchObject({ rows: 7, events: 2 });
});

test('no version is recorded if a row of the batch was superseded', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  await settling.staged('e-1', 1);
  await settling.bucket.put(archiveKey('e-1', KEY), 'rows');
  await settling.settle('e-1');
  expect(settling.ledger.all[0]).toMatchObject({ outcome: 'archived' });
  expect(settling.ledger.all[0]?.staged_version).toBeUndefined();
});

test('a rejected file is recorded with its reason; a gone and a replaced file as such', async () => {
  const key = 'input/notes.txt';
  await settling.begin('e-1', file(key), file('input/gone.csv'), file('input/replaced.csv'));
  const destination = rejectedKey('e-1', key);
  await settling.validated(
    'e-1',
    { key, outcome: 'invalid', reason: 'no CSV', destination },
    { key: 'input/gone.csv', outcome: 'gone' },
    { key: 'input/replaced.csv', outcome: 'replaced' },
  );
  await settling.bucket.put(destination, 'notes');
  await settling.settle('e-1');
  expect(settling.ledger.outcomes).toEqual({
    'input/notes.txt': 'rejected',
    'input/gone.csv': 'gone',
    'input/replaced.csv': 'replaced',
  });
  expect((await settling.ledger.latest(key))?.reason).toBe('no CSV');
});

test('an upload that another of its batch replaced is recorded as such, although an earlier execution had tried it', async () => {
  const [older, newer] = [file(KEY, { etag: 'old' }), file(KEY, { uploaded_at: '2025-03-30T12:00:05.000Z' })];
  await settling.begin('e-1', older);
  await settling.settle('e-1', 'release');
  await settling.begin('e-2', newer);
  await settling.validated('e-2', {
    outcome: 'invalid',
    uploaded_at: newer.uploaded_at,
    destination: rejectedKey('e-2', KEY),
  });
  await settling.bucket.put(rejectedKey('e-2', KEY), 'rows');
  await settling.replace('e-2', older);
  await settling.settle('e-2');
  expect(settling.ledger.all.map(({ etag, outcome }) => [etag, outcome])).toEqual([
    ['old', 'replaced'],
    ['e', 'rejected'],
  ]);
});

test('a file that was loaded and then replaced before the move is not recorded as archived', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  await settling.staged('e-1', 0);
  await settling.settle('e-1');
  expect(settling.ledger.all[0]).toMatchObject({ outcome: 'replaced', rows: 7 });
  expect(settling.ledger.all[0]?.destination).toBeUndefined();
});

test('a file that another execution moved is recorded where that one moved it', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  await settling.settle('e-1', 'release');
  await settling.begin('e-2', file());
  await settling.valid('e-2');
  // The first goes on although it was given up.
  await settling.bucket.put(archiveKey('e-1', KEY), 'rows');
  await settling.settle('e-2');
  expect(settling.ledger.all[0]).toMatchObject({
    outcome: 'archived',
    destination: archiveKey('e-1', KEY),
    rows: 7,
  });
});

test('a file that another execution has now is left to that one', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  await settling.begin('e-2', file());
  await settling.settle('e-1');
  expect(settling.ledger.all[0]).toMatchObject({ outcome: 'running', execution: 'e-2' });
});

test.each<[string, Outcome]>([
  ['archive', 'archived'],
  ['rejected', 'rejected'],
])(
  'a file that an execution moved to %s/ before it was interrupted is recorded as %s, not as gone',
  async (place, outcome) => {
    await settling.begin('e-1', file());
    const destination = place === 'archive' ? archiveKey('e-1', KEY) : rejectedKey('e-1', KEY);
    await settling.validated('e-1', {
      outcome: place === 'archive' ? 'valid' : 'invalid',
      rows: 7,
      destination,
    });
    await settling.bucket.put(destination, 'rows');

    await settling.begin('e-2', file(KEY, { tries: 2 }));
    await settling.validated('e-2', { outcome: 'gone' });
    await settling.settle('e-2');
    expect(settling.ledger.all[0]).toMatchObject({ outcome, execution: 'e-1', destination, rows: 7 });
  },
);

test('the files of a failed execution wait, with the cause; those at their last try are dead letters', async () => {
  await settling.begin('e-1', file('input/a.csv'), file('input/b.csv', { tries: 5 }));
  await settling.settle('e-1', 'release');
  expect(settling.ledger.outcomes).toEqual({ 'input/a.csv': 'waiting', 'input/b.csv': 'dead_letter' });
  expect(settling.ledger.all[0]?.reason).toBe('StageFiles: States.TaskFailed: no space left');
});

test('if the ledger cannot be written, no message is deleted, so that the batch comes back', async () => {
  await settling.begin('e-1', file());
  await settling.valid('e-1');
  settling.ledger.before = () => {
    throw new Error('throttled');
  };
  await expect(settling.settle('e-1')).rejects.toThrow('throttled');
  expect(settling.queue.inFlight).toEqual(['m1']);
});

test('changed columns are reported by the first execution that has them, and again only if it is repeated', async () => {
  const settleWith = async (execution: string) => {
    await settling.begin(execution, file());
    await settling.validated(execution, {
      outcome: 'valid',
      kind: 'orders',
      rows: 1,
      extra_columns: ['channel'],
      destination: archiveKey(execution, KEY),
    });
    return settling.settle(execution);
  };
  const changes = 'orders: new column channel.';
  const first = await settleWith('e-1');
  expect(first).toMatchObject({
    schema_changes: changes,
    summary: expect.stringContaining(`Columns changed: ${changes}`),
  });
  expect(await settling.settle('e-1')).toMatchObject({ schema_changes: changes });
  expect(await settleWith('e-2')).not.toHaveProperty('schema_changes');
});
