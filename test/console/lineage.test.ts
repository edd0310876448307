import type { Page } from 'playwright-core';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

/** Pages compute queries, which takes a while where others' tests run. */
jest.setTimeout(60_000);

const HOSTILE = '<img src=x onerror=alert(1)>';
/** In one cell over two physical lines. */
const ROW = `1,7,"${HOSTILE},\nsold",2025-03-01T10:00:00Z,,,,2`;
const MANY = 120;

describeInBrowser('the lineage', () => {
  let inBrowser: ConsoleInBrowser;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
    const drop = async (files: Record<string, string>) => {
      for (const [name, body] of Object.entries(files)) await inBrowser.pipeline.put(`input/${name}`, body);
      await inBrowser.pipeline.untilQuiet();
    };
    const many = Array.from({ length: MANY }, (_, at) => `${100 + at},9,sold,2025-03-05T10:00:00Z,,,,1`);
    await drop({
      'orders_1.csv': csv(ORDERS, '2,8,sold,2025-03-01T11:00:00Z,,,,1', ROW, ...many),
      'order_items_1.csv': csv(
        ORDER_ITEMS,
        '11,1,7,1,sold,2025-03-01T10:00:00,,,,12.50',
        '12,1,7,2,sold,2025-03-01T10:00:00,,,,7.25',
        '21,2,8,1,sold,2025-03-01T10:00:00,,,,12.50',
      ),
      'products_1.csv': csv(PRODUCTS, '1,s,1,Mugs,Mug,b,2,Kitchen', '2,s,1,Plates,Plate,b,2,Kitchen'),
    });
    await drop({ [`orders_${HOSTILE}.csv`]: csv(ORDERS, '2,8,returned,2025-03-01T11:00:00Z,,,,1') });
  }, 90_000);
  afterAll(() => inBrowser?.stop(), 60_000);

  const rows = (page: Page, table: string) =>
    page.getByRole('table', { name: `Rows of ${table}` }).locator('tbody tr');
  const value = (page: Page, name: string) =>
    page
      .locator('.lineage-values > div')
      .filter({ has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
      .first()
      .locator('dd')
      .innerText();

  test('a day of the KPIs leads level by level to the line of a file and to the executions', async () => {
    const page = await inBrowser.open('/kpis?day=2025-03-01');
    await page.getByRole('link', { name: 'Where the numbers come from' }).click();
    await page.waitForURL('**mart=order_kpis&order_date=2025-03-01');
    await page.getByText('over the rows below gives exactly these values').waitFor();
    expect(await value(page, 'total_revenue')).toBe('32.25');
    expect(await value(page, 'return_rate')).toBe('50.00');
    const [second, first] = await inBrowser.pipeline.executions();
    await page.getByRole('link', { name: second?.name ?? '', exact: true }).waitFor();
    await rows(page, 'customer_days').nth(1).waitFor();
    expect(await rows(page, 'customer_days').count()).toBe(2);

    await rows(page, 'order_days').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**mart=order_days&order_date=2025-03-01');
    await rows(page, 'order_items').nth(2).waitFor();
    await rows(page, 'orders').nth(1).waitFor();
    expect(await rows(page, 'orders').allInnerTexts()).toEqual([
      expect.stringMatching(/^1\s+input\/orders_1\.csv\s+3\s+7\s/),
      expect.stringContaining(`input/orders_${HOSTILE}.csv`),
    ]);
    expect((await rows(page, 'order_items').allInnerTexts()).map((text) => text.split(/\s/)[0])).toEqual([
      '11',
      '12',
      '21',
    ]);

    await rows(page, 'orders').first().getByRole('link').click();
    await page.waitForURL('**table=staging%2Forders&order_id=1');
    const line = page.getByRole('region', { name: 'Text of line 3' });
    await line.waitFor();
    expect(await line.locator('pre').textContent()).toBe(ROW);
    await page.getByRole('link', { name: first?.name ?? '', exact: true }).waitFor();
    await page.getByRole('link', { name: 'orders_1.csv' }).click();
    await page.waitForURL('**/files?key=input%2Forders_1.csv&upload=**');
    expect(await page.locator('main img').count()).toBe(0);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('a row of the lake leads to its versions, of which the one that won is named', async () => {
    const page = await inBrowser.open('/lake/tables/orders?tab=rows');
    await page.getByRole('table', { name: 'Rows of orders' }).locator('tbody tr').nth(1).click();
    await page.waitForURL('**/lineage?table=staging%2Forders&order_id=2');
    const won = page.getByRole('region', { name: 'The version that won' });
    const earlier = page.getByRole('region', { name: 'Earlier version' });
    await won.getByText('2,8,returned,2025-03-01T11:00:00Z,,,,1').waitFor();
    await won.getByText(`orders_${HOSTILE}.csv`).first().waitFor();
    await earlier.getByRole('button', { name: 'Show its line' }).click();
    await earlier.getByText('2,8,sold,2025-03-01T11:00:00Z,,,,1').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('many rows come in pages, whose place is in the address', async () => {
    const page = await inBrowser.open('/lineage?mart=order_days&order_date=2025-03-05');
    await page.getByRole('heading', { name: `orders: ${MANY} rows` }).waitFor();
    await page.getByText(`1 to 50 of ${MANY}`).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForURL('**rows.counted_orders=50');
    await rows(page, 'orders').filter({ hasText: '150' }).first().waitFor();
    await page.reload();
    await page.getByText(`51 to 100 of ${MANY}`).waitFor();
    expect(inBrowser.complaints).toEqual([]);
  });

  test.each([
    '/lineage',
    '/lineage?mart=order_days&order_date=2025-03-01',
    '/lineage?table=staging/orders&order_id=2',
  ])('%s fits a phone in dark mode', async (address) => {
    const page = await inBrowser.open(address, { width: 390, dark: true });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('the form names a row; one that does not exist, and a key that is none, are reported', async () => {
    const page = await inBrowser.open('/lineage');
    await page.getByLabel('Table').selectOption('category_kpis');
    await page.getByRole('textbox', { name: 'category' }).fill('Mugs');
    await page.getByRole('textbox', { name: 'order_date' }).fill('2025-03-01');
    await page.keyboard.press('Enter');
    await page.waitForURL('**mart=category_kpis&category=Mugs&order_date=2025-03-01');
    await rows(page, 'order_items').nth(1).waitFor();
    expect((await rows(page, 'order_items').allInnerTexts()).map((text) => text.split(/\s/)[0])).toEqual([
      '11',
      '21',
    ]);
    await page.goto(new URL('/lineage?mart=order_kpis&order_date=1999-01-01', inBrowser.url).href);
    await page.getByText('There is no such row').waitFor();
    expect(inBrowser.complaints).toEqual([]);
    const status = async (path: string) => (await inBrowser.ask(`/api/lineage/${path}`)).status;
    expect(await status('marts/order_kpis?order_date=x')).toBe(409);
    expect(await status('marts/nope?order_date=2025-03-01')).toBe(400);
    expect(await status('staging/orders')).toBe(409);
    expect(await status("staging/orders?order_id=1'%20or%20true--")).toBe(409);
    expect(await status('marts/order_kpis/inputs/nope?order_date=2025-03-01')).toBe(409);
    expect((await fetch(new URL('/api/lineage', inBrowser.url))).status).toBe(401);
  });
});
