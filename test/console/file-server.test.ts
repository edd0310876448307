import { gzipSync } from 'node:zlib';
import type { FileCheck } from '../../console/api/checks';
import type {
  BadRowEntry,
  BadRowsPage,
  FileEntry,
  FixedRowsAnswer,
  KeyUploads,
} from '../../console/api/files';
import { csv, ORDERS } from '../builders/csv';
import { LocalPipeline } from '../e2e/local-pipeline';

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ console: true });
}, 60_000);
afterAll(() => pipeline?.stop());

const order = (id: number | string) => `${id},7,delivered,2025-03-08T10:00:00,,,,1`;

/** As a script would that has the token. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(pipeline.ready.console ?? '');
  const Authorization = `Bearer ${url.hash.slice('#token='.length)}`;
  return fetch(new URL(`/api/files${path}`, url), { ...init, headers: { Authorization, ...init.headers } });
}
const json = async <Answer>(path: string) => (await (await ask(path)).json()) as Answer;

test('bad rows are read page by page, downloaded with formulas disarmed, and fixed in whole files that were rejected', async () => {
  const header = ORDERS.replaceAll(',', ';');
  const bad = (id: number) => `${id};"=1+1";"a\n🙂;""b";2025-03-08T10:00:00;;;;${id % 2 === 0 ? 'two' : 1}`;
  const good = Array.from({ length: 900 }, (_, at) => `${1000 + at};7;delivered;2025-03-08T10:00:00;;;;1`);
  const badRows = Array.from({ length: 203 }, (_, at) => bad(3000 + at));
  await pipeline.put('input/orders_many.csv', `\ufeff${[header, ...good, ...badRows].join('\r\n')}`);
  const short = csv(ORDERS, ...[51, 52, 53, 54].map(order), order('x'), `y${order(1)}`);
  await pipeline.put('input/orders_packed.csv.gz', gzipSync(short));
  const objects = [61, 62, 63, 64, 'x'].map((order_id) => ({
    order_id,
    user_id: 7,
    created_at: '2025-03-08T10:00:00',
  }));
  await pipeline.put('input/orders_objects.json', JSON.stringify(objects, null, 1));
  await pipeline.untilQuiet();

  const uploadOf = async (key: string): Promise<FileEntry> =>
    (await json<KeyUploads>(`/uploads?key=${encodeURIComponent(key)}`)).uploads[0] as FileEntry;
  const placeOf = ({ key, upload = '' }: FileEntry) => new URLSearchParams({ key, upload });
  const many = await uploadOf('input/orders_many.csv');
  expect(many).toMatchObject({ outcome: 'archived', rows: 900, rows_rejected: 203 });
  const rows: BadRowEntry[] = [];
  const pages: number[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page: BadRowsPage = await json(`/bad-rows?${placeOf(many)}&from=${from}`);
    pages.push(page.rows.length);
    rows.push(...page.rows);
    from = page.next;
  }
  expect(pages).toEqual([100, 100, 3]);
  expect(rows.map(({ line }) => line)).toEqual(badRows.map((_, at) => 902 + 2 * at));
  expect(rows.at(-1)).toMatchObject({
    columns: ['user_id', 'num_of_item'],
    cells: ['3202', '=1+1', 'a\n🙂;"b', '2025-03-08T10:00:00', '', '', '', 'two'],
    isGuess: false,
  });
  const rowsToFix = await (await ask(`/rows-to-fix.csv?${placeOf(many)}`)).text();
  expect(rowsToFix.split('\n').slice(0, 2)).toEqual([header, '3000;\'=1+1;"a']);
  const written = await pipeline.text(many.rejected_rows_key ?? '');
  expect(await (await ask(`/bad-rows.csv?${placeOf(many)}`)).text()).toBe(written);

  const inObjects = await uploadOf('input/orders_objects.json');
  expect(await json(`/bad-rows?${placeOf(inObjects)}`)).toMatchObject({
    shape: null,
    rows: [{ line: 22, columns: ['order_id'], text: expect.stringMatching(/^\{\n/), cells: null }],
  });
  const objectsToFix = await (await ask(`/rows-to-fix.csv?${placeOf(inObjects)}`)).text();
  expect(
    objectsToFix
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(objects.slice(-1));

  const packed = await uploadOf('input/orders_packed.csv.gz');
  expect(packed).toMatchObject({ outcome: 'rejected', rows_rejected: 2 });
  const fix = (cells: readonly string[]) =>
    ask('/fixed-rows', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ key: packed.key, upload: packed.upload, rows: [{ line: 6, cells }] }),
    });
  const cells = order(55).split(',');
  const refused = await fix(cells.with(0, 'z'));
  expect([refused.status, await refused.json()]).toEqual([
    409,
    { error: 'line 6 is still invalid: order_id: expected a whole number, got "z"' },
  ]);
  const fixed = (await (await fix(cells)).json()) as FixedRowsAnswer;
  expect(fixed).toEqual({ key: expect.stringMatching(/^input\/orders_packed\.fixed-.*\.csv$/), rows: 6 });
  expect(await pipeline.text(fixed.key)).toBe(short.replace('\nx,', '\n55,'));
  await pipeline.untilQuiet();
  expect(await uploadOf(fixed.key)).toMatchObject({ outcome: 'archived', rows: 5, rows_rejected: 1 });
}, 120_000);

test('the server writes nothing outside of input/, and reads no row of another place than an upload has', async () => {
  const put = (query: string) => ask(`/content?${query}`, { method: 'PUT', body: 'x' });
  const before = await pipeline.keys('');
  for (const key of ['archive/x.csv', 'input/../x.csv', 'input/', '/etc/passwd', 'input/a%00.csv']) {
    const { status } = await put(`key=${key}`);
    expect({ key, status }).toEqual({ key, status: 409 });
  }
  expect((await put('key=input/orders.csv&replace=perhaps')).status).toBe(400);
  expect((await ask('?status=none')).status).toBe(400);
  expect((await ask('?after=bm9uZQ')).status).toBe(400);
  expect((await ask('/bad-rows?key=rejected/a.csv&upload=b')).status).toBe(409);
  expect((await ask('/replays/plan?what=staging/orders/')).status).toBe(409);
  expect(await pipeline.keys('')).toEqual(before);
});

test('a file is checked by the settings of the deployment, and nothing of it is kept', async () => {
  const before = await pipeline.keys('');
  const check = async (key: string, body: string) => {
    const answer = await ask(`/check?key=${encodeURIComponent(key)}`, { method: 'PUT', body });
    return { status: answer.status, found: (await answer.json()) as FileCheck };
  };
  const good = csv(ORDERS, ...[1, 2, 3, 4].map(order), order('x'));
  expect(await check('input/a/orders.csv', good)).toMatchObject({
    status: 200,
    found: {
      name: 'orders.csv',
      outcome: 'accepted',
      kind: 'orders',
      rows: 4,
      bad_rows: 1,
      tables: [
        {
          kind: 'orders',
          first_rows: [
            ['1', '7', 'delivered', '2025-03-08 10:00:00+00', null, null, null, '1', null],
            {},
            {},
            {},
          ],
        },
      ],
      first_bad_rows: [{ line: 6, column: 'order_id' }],
    },
  });
  expect(await check('input/orders.csv', csv(ORDERS, order('x')))).toMatchObject({
    status: 200,
    found: { outcome: 'rejected', reason: { reason: expect.stringMatching(/^1 of 1 row is bad/) } },
  });
  expect((await ask('/check', { method: 'PUT', body: 'x' })).status).toBe(400);
  expect(await pipeline.keys('')).toEqual(before);
}, 60_000);
