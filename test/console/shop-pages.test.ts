import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings, tableRows } from './console-page';
import { eventFile } from './visit-events';

const HOSTILE = '<img src=x onerror=globalThis.isHacked=1>';

/**
 * Customer 1: 100.00 in January and 50.00 in February. Customer 2: 30.00 in January. Customer 3: 20.00 in February, and 5.00 that came
 * back.
 */
const FILES = {
  'orders.csv': csv(
    ORDERS,
    '1,1,delivered,2025-01-10T10:00:00,,,,1',
    '2,2,delivered,2025-01-20T10:00:00,,,,1',
    '3,1,delivered,2025-02-10T10:00:00,,,,1',
    '4,3,delivered,2025-02-20T10:00:00,,,,2',
  ),
  'order_items.csv': csv(
    ORDER_ITEMS,
    '1,1,1,1,delivered,2025-01-10T10:00:00,,,,100.00',
    '2,2,2,2,delivered,2025-01-20T10:00:00,,,,30.00',
    '3,3,1,1,delivered,2025-02-10T10:00:00,,,,50.00',
    '4,4,3,3,delivered,2025-02-20T10:00:00,,,,20.00',
    '5,4,3,1,returned,2025-02-20T10:00:00,,,,5.00',
  ),
  'products.csv': csv(
    PRODUCTS,
    '1,a,10.00,Books,Atlas,b,20.00,d',
    `2,b,10.00,Toys,"${HOSTILE}",b,20.00,d`,
    '3,c,10.00,Toys,Kite,b,20.00,d',
    '4,d,10.00,Toys,Never sold,b,20.00,d',
  ),
  'inventory.csv': csv(
    'product_id,on_hand,counted_at',
    '1,0,2025-02-21T00:00:00Z',
    '2,1,2025-02-21T00:00:00Z',
    '3,1000,2025-02-21T00:00:00Z',
    '4,7,2025-02-21T00:00:00Z',
  ),
};

const item = (product_id: string) => ({ product_id, price: 1, quantity: 1 });
const EVENTS = [
  ['view_item', '1'],
  ['view_item', '1'],
  ['view_item', '4'],
  ['add_to_cart', '1'],
].map(([event_name = '', product_id = ''], at) => ({
  event_id: `e${at}`,
  event_name,
  event_time: `2025-02-20T10:0${at}:00Z`,
  client_id: 'c1',
  session_id: 's1',
  items: [item(product_id)],
}));

describeInBrowser('the pages of customers, products and inventory', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  }, 180_000);
  afterAll(() => inBrowser?.stop(), 60_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const goTo = (address: string) => page.goto(new URL(address, inBrowser.url).href);
  const figure = (name: string) => page.locator('.rows-figures > div', { hasText: name });
  const chart = (name: string) => page.getByRole('slider', { name });

  const rowsOf = (label: string) => tableRows(page, label);

  test('without data say what to do', async () => {
    for (const [address, text] of [
      ['/customers', 'There are no customers yet'],
      ['/products', 'There are no sales and no events yet'],
      ['/inventory', 'No product was counted yet'],
    ] as const) {
      page = await inBrowser.open(address);
      await page.getByText(text).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    }
  }, 180_000);

  test('customers: totals, distributions, and the share of the top tenth', async () => {
    for (const [name, body] of Object.entries(FILES)) await inBrowser.pipeline.put(`input/${name}`, body);
    await inBrowser.pipeline.put('input/events_february.ndjson', eventFile(EVENTS));
    await inBrowser.pipeline.untilQuiet(150_000);
    page = await inBrowser.open('/customers');
    await figure('Net revenue').getByText('200.00').waitFor();
    expect(await figure('Customers').first().innerText()).toMatch(/3\s+33.33 % with a second order/);
    // 150.00 of 200.00, of one customer.
    expect(await figure('Share of the top tenth').innerText()).toMatch(
      /75.00 %\s+of net revenue, by 1 customer/,
    );
    expect(await figure('Per customer').innerText()).toMatch(/66.67\s+half have at most 30.00/);
    await chart('Customers by net revenue').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await chart('Customers by net revenue').getAttribute('aria-valuetext')).toMatch(
      /^Net revenue from 10.00 to below 20.00: Customers 0/,
    );
    await chart('Customers by number of orders').focus();
    await page.keyboard.press('Home');
    expect(await chart('Customers by number of orders').getAttribute('aria-valuetext')).toBe(
      '1 order: Customers 2 (66.67 %)',
    );
  }, 180_000);

  test('customers: cohorts by month, and the grid by recency and frequency lists its customers', async () => {
    const cohorts = page.locator('.customer-cohorts');
    await cohorts.locator('tbody tr').first().waitFor();
    // Of the two customers of January one came back in February.
    expect(await cohorts.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/^Feb 2025\s+1\s+100$/),
      expect.stringMatching(/^Jan 2025\s+2\s+100\s+50$/),
    ]);
    // Customers by last order: 2, 1, 3; by orders: 2, 3, 1 (ties by id). Three of five fifths have one each.
    const cell = page.locator('.customer-rfm button').filter({ hasText: '150.00' });
    await cell.click();
    await page.getByText('1 row', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.getAll('where')).toEqual(['rfm_recency=2', 'rfm_frequency=3']);
    const [row] = await rowsOf('List of customers');
    expect(row?.slice(0, 4)).toEqual(['1', '1', '150.00', '2']);
    await page
      .getByRole('table', { name: 'List of customers' })
      .getByRole('link', { name: '1', exact: true })
      .click();
    await page.waitForURL('**/marts/customer_value?where=user_id%3D1');
    await page.getByText('User ID is 1').waitFor();
  }, 180_000);

  test('products: sales and engagement of a range of days together, with names and classes', async () => {
    await goTo('/products?period=all');
    await figure('Revenue').getByText('205.00').waitFor();
    const shown = async () =>
      (await rowsOf('Sales and engagement of products')).map((cells) => [
        ...cells.slice(0, 3),
        cells[4],
        cells[5],
        cells[9],
        cells[10],
      ]);
    expect(await shown()).toEqual([
      // Product, name, category, revenue, pieces, views, carts.
      ['1', 'Atlas', 'Books', '155.00', '3', '2', '1'],
      ['2', HOSTILE, 'Toys', '30.00', '1', '0', '0'],
      ['3', 'Kite', 'Toys', '20.00', '1', '0', '0'],
      ['4', 'Never sold', 'Toys', '0.00', '0', '1', '0'],
    ]);
    const classes = (await rowsOf('Sales and engagement of products')).map((cells) => cells[3]);
    // 155 of 205 is 76%, with 30 more 90%.
    expect(classes).toEqual(['A', 'A', 'B', 'C']);
    expect(await page.evaluate('globalThis.isHacked')).toBeUndefined();
    await page.getByLabel('From').fill('2025-02-01');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await figure('Revenue').getByText('75.00').waitFor();
    expect(page.url()).toContain('from=2025-02-01');
    expect((await shown()).map(([id, , , revenue]) => [id, revenue])).toEqual([
      ['1', '55.00'],
      ['3', '20.00'],
      ['4', '0.00'],
    ]);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    const [header, first] = readFileSync(await file.path(), 'utf8').split('\n');
    expect(header).toMatch(/^product_id,name,category,abc_class,orders,units,revenue,margin,return_rate,/);
    // Two orders, two pieces, one of which came back; the cost is 10.00 each.
    expect(first).toBe('"1","Atlas","Books","A",2,2,55.00,35.00,50.00,0,0,2,1,0,,0.00');
  }, 180_000);

  test('inventory: what is out of stock, what runs out first, and what lies too long', async () => {
    await goTo('/inventory');
    await figure('Out of stock').getByText('1', { exact: true }).waitFor();
    // Four days with an order: product 2 sold one piece (0.25 a day), so that one lasts 4 days; 1000 of product 3 last 4000.
    expect(
      (await rowsOf('Stock of products')).map(([id, name, , , state, cover, onHand, perDay]) => [
        id,
        name,
        state?.slice(2),
        cover,
        onHand,
        perDay,
      ]),
    ).toEqual([
      ['1', 'Atlas', 'out of stock', '0.00', '0', '0.75'],
      ['2', HOSTILE, 'in stock', '4.00', '1', '0.25'],
      ['3', 'Kite', 'overstock', '4,000.00', '1,000', '0.25'],
      ['4', 'Never sold', 'in stock', '–', '7', '0.00'],
    ]);
    await page.getByRole('button', { name: 'Run out first' }).click();
    await page.getByText('1 row', { exact: true }).waitFor();
    expect((await rowsOf('Stock of products')).map(([id]) => id)).toEqual(['2']);
    await page.getByRole('button', { name: 'Overstock in class B: 1' }).click();
    await page.getByRole('link', { name: '3', exact: true }).waitFor();
    await chart('Days of cover').focus();
    await page.keyboard.press('End');
    expect(await chart('Days of cover').getAttribute('aria-valuetext')).toMatch(
      /^In stock, and nothing sells: Products 1/,
    );
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: '4', exact: true }).waitFor();
  }, 180_000);

  test.each([
    [1280, false],
    [1280, true],
    [390, false],
    [390, true],
  ])(
    'fit into %d pixels, dark: %s',
    async (width, dark) => {
      for (const name of ['customers', 'products', 'inventory']) {
        const opened = await inBrowser.open(`/${name}?period=all`, { width, dark });
        await opened.locator('.table tbody tr').first().waitFor();
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
    120_000,
  );
});
