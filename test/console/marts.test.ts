import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings, tableRows } from './console-page';

const HOSTILE = '<img src=x onerror=globalThis.isHacked=1>"\';drop table x;--';

/** A mart of a deployment's own: its texts are what files say. */
const STATUS_DAYS = {
  'mart.yaml': `description: orders by status and day, with "quotes" and <b>markup</b>
grain: one row per status and day
key: [status, order_date]
columns:
  status: { type: text, description: "status, as files say it" }
  order_date: { type: date, unit: day, description: day of the order in UTC }
  orders: { type: count, unit: orders, description: orders with the status }
  customers: { type: count, unit: customers, additive: false, description: "distinct customers, which do not add up" }
  customer_share: { type: percent, rate: { dividend: customers, divisor: orders }, description: "100 x \`customers\` / \`orders\`" }
inputs: [{ name: orders, day: created_at }]
refresh: { by: day }
`,
  'status_days.sql': `select
  coalesce(status, 'none') as status,
  cast(from_utc_timestamp(created_at, 'UTC') as date) as order_date,
  count(*) as orders,
  count(distinct user_id) as customers
from orders
group by 1, 2
`,
  'cases.yaml': `- case: two orders of one customer
  given:
    orders:
      - { order_id: 1, user_id: 7, status: sold, created_at: "2025-03-01T10:00:00Z" }
      - { order_id: 2, user_id: 7, status: sold, created_at: "2025-03-01T11:00:00Z" }
  rows: [{ status: sold, order_date: 2025-03-01, orders: 2, customers: 1, customer_share: 50 }]
`,
};

describeInBrowser('the marts pages', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  const folder = mkdtempSync(path.join(tmpdir(), 'daybook-own-marts-'));

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'status_days'));
    for (const [name, text] of Object.entries(STATUS_DAYS))
      writeFileSync(path.join(folder, 'status_days', name), text);
    inBrowser = await ConsoleInBrowser.start({ marts: folder });
  }, 180_000);
  afterAll(async () => {
    await inBrowser?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 180_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  async function drop(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, body] of Object.entries(files)) await inBrowser.pipeline.put(`input/${name}`, body);
    await inBrowser.pipeline.untilQuiet(150_000);
  }

  const goTo = (address: string) => page.goto(new URL(address, inBrowser.url).href);
  const card = (name: string) => page.locator('.mart-list li', { hasText: name });

  const rowsOf = (label: string) => tableRows(page, label);

  test('lists every mart, those of the deployment too, and says which have no table yet', async () => {
    page = await inBrowser.open('/marts');
    await card('status_days').getByText('no table yet').waitFor();
    expect(await card('status_days').innerText()).toContain('with "quotes" and <b>markup</b>');
    await card('customer_value').getByText('DynamoDB (CustomerValue)').waitFor();
    await card('status_days').getByRole('link').click();
    await page.getByText('This mart has no table yet').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  }, 180_000);

  test('shows the rows that an upload brings without being reloaded, with what the mart says of its columns', async () => {
    await drop({
      'orders.csv': csv(
        ORDERS,
        '1,7,delivered,2025-03-01T10:00:00,,,,1',
        '2,7,delivered,2025-03-01T11:00:00,,,,1',
        '3,8,delivered,2025-03-01T12:00:00,,,,1',
        '4,8,returned,2025-03-03T12:00:00,,,,1',
        `5,9,"${HOSTILE.replaceAll('"', '""')}",2025-03-03T13:00:00,,,,1`,
      ),
      'order_items.csv': csv(
        ORDER_ITEMS,
        '1,1,7,1,delivered,2025-03-01T10:00:00,,,,10.10',
        '2,2,7,2,delivered,2025-03-01T11:00:00,,,,20.20',
        '3,3,8,1,delivered,2025-03-01T12:00:00,,,,30.30',
        '4,4,8,1,returned,2025-03-03T12:00:00,,,,5.05',
      ),
      'products.csv': csv(PRODUCTS, '1,s,1.00,Books,b,b,2.00,d', '2,s,1.00,Toys,b,b,2.00,d'),
    });
    expect(await rowsOf('Rows of Status days')).toEqual([
      [HOSTILE, '3 Mar 2025', '1', '1', '100.00 %', 'Where from'],
      ['returned', '3 Mar 2025', '1', '1', '100.00 %', 'Where from'],
      ['delivered', '1 Mar 2025', '3', '2', '66.67 %', 'Where from'],
    ]);
    const origins = page.getByRole('link', { name: 'Where from' });
    expect(await origins.nth(1).getAttribute('href')).toBe(
      '/lineage?mart=status_days&status=returned&order_date=2025-03-03',
    );
    const columns = page.getByRole('region', { name: 'Columns' });
    expect(await columns.locator('tbody tr').nth(2).innerText()).toMatch(
      /orders\s+whole number\s+orders\s+orders with the status/,
    );
    expect(await page.evaluate('globalThis.isHacked')).toBeUndefined();
    expect(await seriousFindings(page)).toEqual([]);
  }, 180_000);

  test('draws what adds up, per day, says what is drawn, and opens a day', async () => {
    const chart = page.getByRole('slider', { name: 'Orders by day' });
    await chart.focus();
    expect(await chart.getAttribute('aria-valuetext')).toBe('3 Mar 2025: Orders 2');
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuetext')).toBe('1 Mar 2025: Orders 3');
    await page.getByText('Orders: the sum of all chosen rows of a day.').waitFor();
    await page.getByText('they do not add up: Customers, Customer share.').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**from=2025-03-01&to=2025-03-01');
    await page.getByText('1 row', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'All days' }).click();
    await page.getByText('3 rows', { exact: true }).waitFor();
  });

  test('sorts by any column, and filters by typed conditions, which the address has', async () => {
    const table = page.getByRole('table', { name: 'Rows of Status days' });
    await table.getByRole('button', { name: 'Orders', exact: true }).click();
    await page.waitForURL('**sort=orders&desc=true');
    await table.getByRole('button', { name: 'Orders', exact: true }).click();
    await page.waitForURL('**sort=orders');
    await page.locator('.rows-part tbody tr').last().getByText('delivered').waitFor();
    await page.getByLabel('Column', { exact: true }).selectOption('status');
    await page.getByLabel('Condition', { exact: true }).selectOption('~');
    await page.getByLabel('Value').fill(HOSTILE);
    await page.getByRole('button', { name: 'Add condition' }).click();
    await page.getByText('1 row', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.getAll('where')).toEqual([`status~${HOSTILE}`]);
    await page.reload();
    expect((await rowsOf('Rows of Status days')).map(([status]) => status)).toEqual([HOSTILE]);
    await page.getByRole('button', { name: /^Remove: Status contains/ }).click();
    await page.getByLabel('Column', { exact: true }).selectOption('orders');
    await page.getByLabel('Condition', { exact: true }).selectOption('>=');
    await page.getByLabel('Value').fill('1.5');
    await page.getByRole('button', { name: 'Add condition' }).click();
    await page.getByText('status_days.orders is count: expected a whole number, got "1.5"').first().waitFor();
    // The browser complains of the answers with status 409.
    await goTo('/marts');
    inBrowser.complaints.length = 0;
  });

  test('downloads all chosen rows as CSV, in which formulas are harmless', async () => {
    await goTo('/marts/status_days?sort=status&where=orders%3C%3D2');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    expect(readFileSync(await file.path(), 'utf8')).toBe(
      'status,order_date,orders,customers,customer_share\n' +
        // After a semicolon a spreadsheet could take two hyphens for a formula.
        `"<img src=x onerror=globalThis.isHacked=1>""';drop table x;'--",2025-03-03,1,1,100.00\n` +
        '"returned",2025-03-03,1,1,100.00\n',
    );
  });

  test('shows columns that a view computes, sorted and filtered like others', async () => {
    await goTo('/marts/customer_value?sort=rank&where=rank%3C%3D2');
    // Net revenue: customer 7 has 30.30, customer 8 has 30.30 and a returned item.
    const rows = await rowsOf('Rows of Customer value');
    const header = await page.locator('.rows-part thead th').allInnerTexts();
    const at = (name: string) => header.findIndex((text) => text.startsWith(name));
    expect(
      rows.map((cells) => ['User ID', 'Net revenue', 'Rank', 'Is top decile'].map((name) => cells[at(name)])),
    ).toEqual([
      ['7', '30.30', '1', 'yes'],
      ['8', '30.30', '2', 'no'],
    ]);
  });

  test('has an answer to a mart that there is not', async () => {
    await goTo('/marts/nothing');
    await page.getByText('there is no mart "nothing"').waitFor();
    await goTo('/marts');
    inBrowser.complaints.length = 0;
  });

  test.each([
    [1280, false],
    [1280, true],
    [390, false],
    [390, true],
  ])(
    'fits into %d pixels, dark: %s',
    async (width, dark) => {
      for (const [name, address] of [
        ['list', '/marts'],
        ['mart', '/marts/status_days'],
        ['value', '/marts/customer_value?sort=rank&where=rank%3C%3D2'],
      ] as const) {
        const opened = await inBrowser.open(address, { width, dark });
        await opened.getByRole('heading', { level: 1 }).waitFor();
        await opened
          .locator(name === 'list' ? '.mart-list li' : 'tbody tr')
          .first()
          .waitFor();
        expect(await scrollsSideways(opened)).toBe(false);
        expect(await seriousFindings(opened)).toEqual([]);
        if (process.env.SCREENSHOTS)
          await opened.screenshot({
            path: `${process.env.SCREENSHOTS}/${name}-${width}${dark ? '-dark' : ''}.png`,
            fullPage: true,
          });
        await opened.context().close();
      }
    },
    60_000,
  );

  test.each([
    ['rows?page=0', 400, 'page'],
    ['rows?size=100000', 400, 'size'],
    ['rows?from=2025-02-30', 400, 'expected a day'],
    ['rows?sort=nothing', 409, 'no column'],
    ['rows?where=orders', 409, 'is no condition'],
    ['rows?where=orders~1', 409, 'has no test'],
    ['rows.csv?sort=nothing', 409, 'no column'],
    ['chart?by=decade', 400, 'by'],
  ])('refuses %s', async (address, status, expected) => {
    const answer = await inBrowser.ask(`/api/marts/status_days/${address}`);
    expect({ status: answer.status, text: await answer.text() }).toEqual({
      status,
      text: expect.stringContaining(expected),
    });
  });
});
