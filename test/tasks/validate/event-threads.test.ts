import path from 'node:path';
import { packagePath } from '../../../package-path';
import { Validation } from './validation';

const RECEIVED = '2026-11-28T12:00:00.000Z';
/** One wave of files, and one more. */
const FILES = 251;

const config = { MAX_BAD_ROW_SHARE: 0.2 };

const keyOf = (at: number) => `input/events/http/2026/11/28/${at}.ndjson`;

/** Two events, one of which is bad in every tenth file. */
function body(at: number): string {
  const events = [
    { event_name: 'view_item', event_time: RECEIVED, client_id: 'c1', items: [{ product_id: `p${at}` }] },
    at % 10 === 0 ? { client_id: 'c1' } : { event_name: 'page_view', event_time: RECEIVED },
  ];
  return events
    .map(
      (event, index) =>
        `${JSON.stringify({ event_id: `${at}-${index}`, received_at: RECEIVED, source: 'http', event })}\n`,
    )
    .join('');
}

async function batch(): Promise<Validation> {
  const validation = new Validation();
  for (let at = 0; at < FILES; at += 1) await validation.add(keyOf(at), body(at));
  return validation;
}

const threads = (directory: string) => ({
  max: 2,
  program: packagePath('dist', 'image', 'validate.cjs'),
  data: (_share: number, name: string) => ({
    config,
    duckDb: { tempDirectory: path.join(directory, name), memoryLimit: '500MB' },
  }),
});

test('threads check files of events as the main thread does', async () => {
  const [one, several] = [await batch(), await batch()];
  try {
    const alone = await one.run(config);
    const together = await several.run(config, { threads: threads(several.workDirectory) });
    expect(together).toEqual(alone);
    expect(together.counts).toMatchObject({ valid: FILES, bad_rows: 26 });
    for (const key of [keyOf(0), keyOf(250)]) {
      expect(several.rejectedRows(key)).toEqual(one.rejectedRows(key));
      expect(several.rejectedRows(key)).toHaveLength(1);
    }
    const rows = several.of(keyOf(250)).mapped?.map(({ rows_key }) => rows_key) ?? [];
    expect(rows).not.toHaveLength(0);
    for (const key of rows) expect(await several.bucket.head(key ?? '')).toBeDefined();
    expect(several.leftovers()).toEqual([]);
  } finally {
    one.close();
    several.close();
  }
});

test('a thread that fails fails the task, with its error', async () => {
  const validation = await batch();
  try {
    const nowhere = threads('/dev/null');
    await expect(validation.run(config, { threads: nowhere })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(validation.leftovers()).toEqual([]);
  } finally {
    validation.close();
  }
});
