import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = '<script>alert(1)</script>';
const ENDLESS = 'select count(*) from range(1000000000) a, range(1000000000) b';

describeInBrowser('the lake', () => {
  let inBrowser: ConsoleInBrowser;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
    const drop = async (files: Record<string, string>) => {
      for (const [name, body] of Object.entries(files)) await inBrowser.pipeline.put(`input/${name}`, body);
      await inBrowser.pipeline.untilQuiet();
    };
    await drop({
      'orders_1.csv': csv(
        ORDERS,
        '9007199254740993,7,shipped,2025-01-31T10:00:00,,,,1',
        '2,8,returned,2025-02-01T10:00:00,,,,1',
      ),
      'order_items_1.csv': csv(ORDER_ITEMS, '1,2,8,1,sold,2025-02-01T10:00:00,,,,12.5050'),
      'products_1.csv': csv(PRODUCTS, `1,s,1.00,${HOSTILE},${HOSTILE},b,2.00,${HOSTILE}`),
    });
    await drop({ 'orders_2.csv': csv(ORDERS, '2,8,mended,2025-02-01T10:00:00,,,,1') });
  }, 90_000);
  afterAll(() => inBrowser?.stop(), 60_000);

  const row = (page: Page, text: string) => page.locator('tbody tr').filter({ hasText: text });
  const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const init = body && { method: 'POST', body: JSON.stringify(body) };
    const answer = await inBrowser.ask(`/api/lake/${path}`, init);
    const json: object = JSON.parse(await answer.text());
    return { status: answer.status, ...json };
  };

  test('tables lead to their versions, and those to what each commit did and to the rows as they were', async () => {
    const page = await inBrowser.open('/lake');
    expect(await row(page, 'staging/orders').first().innerText()).toMatch(/orders\s+staging\/orders\/\s+2\s/);
    await row(page, 'staging/orders').first().click();
    await page.waitForURL('**/lake/tables/orders');
    await page.getByText('These are all versions.').waitFor();
    expect(await row(page, 'merge').count()).toBe(2);
    await row(page, 'merge').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**version=1');
    await page.getByText('0 rows inserted, 1 updated, 0 deleted').waitFor();
    const [execution] = await inBrowser.pipeline.executions();
    const link = page.getByRole('link', { name: execution?.name ?? '' });
    expect(await link.getAttribute('href')).toBe(`/executions/${execution?.name}`);
    const files = page.getByRole('table', { name: 'Files of version 1' });
    await files.waitFor();
    expect(await files.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/added\s+year=2025 month=02\s+part-\S+\s+1\s+[\d.]+ kB/),
      expect.stringMatching(/removed\s+year=2025 month=02/),
    ]);

    await page.getByRole('link', { name: 'Rows at this version' }).click();
    await row(page, 'mended').waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByRole('table', { name: 'Rows of orders at version 0' }).waitFor();
    await row(page, '9007199254740993').waitFor();
    expect(await row(page, 'mended').count()).toBe(0);
    expect(await row(page, 'returned').count()).toBe(1);
    await page.reload();
    await row(page, 'returned').waitFor();
    expect(inBrowser.complaints).toEqual([]);
  });

  test('partitions and files are listed and link to their rows; markup in data is text', async () => {
    const page = await inBrowser.open('/lake/tables/products?tab=files');
    const partition = page.getByRole('table', { name: 'Partitions of products' }).locator('tbody tr');
    expect(await partition.innerText()).toContain(`department=${HOSTILE}`);
    await partition.click();
    await page.getByText(`Partition department=${HOSTILE}`).waitFor();
    await row(page, HOSTILE).waitFor();
    expect(await page.locator('main script').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('a version whose files were deleted says so', async () => {
    const snapshot = await ask('tables/orders/commits/1');
    const [{ path = '' } = {}] = snapshot.removed as { path: string }[];
    const key = `staging/orders/${path}`;
    const body = await inBrowser.pipeline.bytes(key);
    await inBrowser.pipeline.remove(key);
    const page = await inBrowser.open('/lake/tables/orders?tab=rows&version=0');
    await page.getByText('maintenance deleted 1 of its 2 data files').waitFor();
    await inBrowser.pipeline.put(key, body ?? '');
    await page.getByRole('button', { name: 'Try again' }).click();
    await row(page, 'returned').waitFor();
    inBrowser.complaints.length = 0;
  });

  test('SQL is answered with exact values, which can be downloaded', async () => {
    const page = await inBrowser.open('/lake/query');
    await page.getByLabel(/One select/).fill(
      `select order_id, sum(sale_price) as revenue, '${HOSTILE}' as text
       from orders left join order_items using (order_id) group by all order by order_id desc`,
    );
    await page.keyboard.press('Control+Enter');
    await page.getByText('2 rows in').waitFor();
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^9007199254740993\s+null\s+<script>/),
      expect.stringMatching(/^2\s+12\.5050\s/),
    ]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toBe(
      `order_id,revenue,text\r\n9007199254740993,,${HOSTILE}\r\n2,12.5050,${HOSTILE}\r\n`,
    );
    expect(new URL(page.url()).searchParams.get('sql')).toContain('sum(sale_price)');
    expect(inBrowser.complaints).toEqual([]);
  });

  test('an error is shown at its position; a long query ends by its timeout or the Stop button', async () => {
    const page = await inBrowser.open('/lake/query', { width: 390, dark: true });
    const box = page.getByLabel(/One select/);
    const run = page.getByRole('button', { name: 'Run' });
    await box.fill('select order_id,\n  nope\nfrom orders');
    await run.click();
    await page.getByRole('button', { name: 'Go to error' }).click();
    expect(await box.evaluate((element) => (element as { selectionStart?: number }).selectionStart)).toBe(19);
    expect(await page.locator('pre.fault').innerText()).toBe('  nope\n  ^');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);

    await page.getByLabel('Timeout').selectOption('1');
    await box.fill(ENDLESS);
    await run.click();
    await page.getByText('the query timed out after 1 s').waitFor();
    await page.getByLabel('Timeout').selectOption('600');
    await run.click();
    await page.getByText('Running…').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('The query was stopped before it finished.').waitFor();
    // The browser complains of answers with status 422.
    inBrowser.complaints.length = 0;
  });

  test('a cancelled waiting query frees its place in the queue', async () => {
    const leaving = new AbortController();
    const body = JSON.stringify({ sql: ENDLESS, seconds: 600 });
    const endless = [1, 2].map(() =>
      inBrowser.ask('/api/lake/query', { method: 'POST', body, signal: leaving.signal }).catch(() => 'left'),
    );
    // By its answer both have come.
    await ask('tables');
    const next = ask('query', { sql: 'select 1 as one' });
    const first = await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 1000, 'waits'))]);
    expect(first).toBe('waits');
    leaving.abort();
    expect(await Promise.all(endless)).toEqual(['left', 'left']);
    expect((await next).rows).toEqual([[1]]);
  });

  test.each([
    ['a file outside', "select * from read_text('/etc/passwd')", 'only the tables of the lake'],
    ['the network', "select * from 'http://127.0.0.1:1/x.parquet'", 'only the tables of the lake'],
    ['a copy', "copy orders to '/tmp/daybook-out.csv'", 'only the tables of the lake'],
    ['another database', "attach '/tmp/daybook.db'", 'expected a SELECT'],
    ['a setting', 'set enable_external_access = true', 'expected a SELECT'],
    ['two statements', 'select 1; select 2', 'expected one statement, got 2'],
    ['a change', 'delete from orders', 'expected a SELECT'],
  ])('%s is refused', async (_, sql, why) => {
    const { status, error } = await ask('query', { sql });
    expect({ status, error }).toEqual({ status: 422, error: expect.stringContaining(why) });
  });

  test.each([
    'tables/..%2F..%2Finput/rows',
    'tables/orders/rows?version=-1',
    'tables/orders/rows?limit=1000000',
    'tables/orders/rows?partition={',
    'tables/orders/commits?before=x',
  ])('%s is no request', async (path) => {
    expect((await ask(path)).status).toBe(400);
  });

  test('missing tables and pages are reported', async () => {
    expect((await ask('tables/orders/commits/99')).status).toBe(404);
    expect((await ask('tables/orders/files?version=99')).error).toContain('the newest version is 1');
    expect((await ask('tables/orders/rows?file=../products/x.parquet')).status).toBe(409);
    expect((await ask('query', { sql: 5 })).status).toBe(400);
  });
});
