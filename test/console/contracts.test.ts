import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { csv, ORDERS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = '<img src=x onerror=alert(1)>';
const LONG = 'l'.repeat(180);

/** Checks and drafts take a while where others' tests run. */
jest.setTimeout(60_000);

/** A deployment with a source, a changed kind and a kind of its own. */
const FILES = {
  'shop_export.yaml': `source: shop_export
description: ${HOSTILE} is a description
match: { names: ["export_*"] }
columns:
  Order: { type: int64, required: true, aliases: [Bestellung] }
  Customer: { type: int64 }
  Placed: { type: timestamp, required: true }
notation: { dateOrder: dmy, zone: Europe/Berlin }
fillDown: { by: Order, columns: [Customer] }
maps: { orders: orders.sql }
`,
  'orders.sql': `select parse_int64("Order") as order_id, parse_int64("Customer") as user_id,
  parse_timestamp("Placed") as created_at, 1 as num_of_item, min(_line) as _line
from rows group by all
`,
  'order_items.yaml': `extends: order_items
columns:
  sale_price: { notation: { decimal: "," } }
`,
  'visits.yaml': `kind: visits
key: [visit_id]
partition: { by: value, of: branch }
version: seen_at
history: true
extra: keep
columns:
  visit_id: { type: int64, required: true }
  branch: { type: text, required: true }
  email: { type: text, pseudonymize: true }
  seen_at: { type: timestamp, notation: { epoch: seconds } }
`,
};

const order = (id: number, created = '2025-03-08T10:00:00') => `${id},7,delivered,${created},,,,1`;

describeInBrowser('the contracts', () => {
  let inBrowser: ConsoleInBrowser;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'daybook-contracts-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
    inBrowser = await ConsoleInBrowser.start({ contracts: folder });
    const files = {
      'orders_1.csv': csv(ORDERS, order(1), order(2)),
      [`orders_${HOSTILE}.csv`]: csv(ORDERS, order(3)),
      [`orders_${LONG}.csv`]: csv(ORDERS, order(5)),
      'orders_dates.csv': csv(ORDERS, order(4, '03/04/2025')),
      'export_1.csv': csv('Bestellung,Customer,Placed', '10,70,08.03.2025 10:00', '10,,08.03.2025 10:00'),
      'parcels.csv': csv('parcel,weight,sent', '1,2.5,2025-03-01', '2,3.5,2025-03-02'),
    };
    for (const [name, text] of Object.entries(files)) await inBrowser.pipeline.put(`input/${name}`, text);
    await inBrowser.pipeline.untilQuiet();
  }, 90_000);
  afterAll(async () => {
    await inBrowser?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const rows = (page: Page, table: string) => page.getByRole('table', { name: table }).locator('tbody tr');
  const fact = (page: Page, name: string) =>
    page.locator('.contract-facts > div').filter({ hasText: name }).locator('dd').first().innerText();
  const check = (page: Page, name: string, text: string) =>
    page.getByLabel('File to check').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const copied = (page: Page) => page.evaluate('navigator.clipboard.readText()');
  const mayCopy = (page: Page) => page.context().grantPermissions(['clipboard-read', 'clipboard-write']);

  test('kinds and sources are listed, and lead by keyboard to what each declares', async () => {
    const page = await inBrowser.open('/contracts');
    const listed = rows(page, 'Contracts');
    await listed.first().waitFor();
    expect(await listed.filter({ hasText: 'shop_export' }).innerText()).toMatch(
      /shop_export\s+source of orders\s+export_\*\s+3\s+[0-9a-f]{12}/,
    );
    expect(await listed.filter({ hasText: 'inventory' }).innerText()).toMatch(/kind\s+product_id\s/);
    await listed.filter({ hasText: 'visits' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/contracts/visits');
    expect(await fact(page, 'Key')).toBe('visit_id');
    expect(await fact(page, 'Partition')).toBe('by value of branch');
    expect(await fact(page, 'Newest version of a row')).toBe('by seen_at, then of the last upload');
    expect(await fact(page, 'History')).toBe('all versions, in staging/visits_history');
    expect(await fact(page, 'Unknown columns')).toBe('kept as JSON in _extra');
    const columns = page.getByRole('region', { name: 'Columns' }).locator('tbody tr');
    expect(await columns.allInnerTexts()).toEqual([
      expect.stringMatching(/^visit_id\s+int64\s+key, required/),
      expect.stringMatching(/^branch\s+text\s+required/),
      expect.stringMatching(/^email\s+text\s+pseudonymized/),
      expect.stringMatching(/^seen_at\s+timestamp\s+epoch: seconds/),
    ]);
    await page.getByText('No file was read by this contract yet').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('a source shows its SQL, and leads to its kind; a kind lists the files of its sources, too', async () => {
    const page = await inBrowser.open('/contracts/shop_export');
    await mayCopy(page);
    await page.getByText(`${HOSTILE} is a description`, { exact: true }).waitFor();
    expect(await fact(page, 'Filled down')).toBe('Customer, for rows with the same Order');
    await rows(page, 'Files of shop_export').first().waitFor();
    expect(await rows(page, 'Files of shop_export').allInnerTexts()).toEqual([
      expect.stringMatching(/^export_1\.csv\s+✓ archived\s/),
    ]);
    await page.getByRole('button', { name: 'Copy the SQL of orders' }).click();
    expect(await copied(page)).toBe(FILES['orders.sql']);
    await page.locator('.contract-facts').getByRole('link', { name: 'orders' }).click();
    await page.waitForURL('**/contracts/orders');
    const files = rows(page, 'Files of orders');
    await files.filter({ hasText: 'export_1.csv' }).waitFor();
    const found = (await files.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
    expect(found.toSorted()).toEqual([
      expect.stringMatching(/^export_1.csv ✓ archived .* 1 .* present/),
      expect.stringMatching(/^orders_1.csv ✓ archived .* 2 .* present/),
      expect.stringContaining(`orders_${HOSTILE}.csv ✓ archived`),
      expect.stringMatching(/^orders_dates.csv ✕ rejected .* present/),
      expect.stringContaining(`orders_${LONG}.csv ✓ archived`),
    ]);
    await files.filter({ hasText: 'orders_1.csv' }).click();
    await page.waitForURL('**/files?key=input%2Forders_1.csv&upload=**');
    await page.getByRole('link', { name: 'orders', exact: true }).click();
    await page.waitForURL('**/contracts/orders');
    expect(await page.locator('main img').count()).toBe(0);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('a rejected file shows the lines that its contract lacks, which are copied by keyboard', async () => {
    const page = await inBrowser.open('/files?key=input/orders_dates.csv');
    await mayCopy(page);
    const lines = page.getByRole('region', { name: 'Lines to add' });
    await lines.waitFor();
    expect(await lines.locator('p').allInnerTexts()).toEqual([
      'One of these lines belongs to the column created_at in the contract of orders:',
    ]);
    expect(await lines.locator('code.line-to-add').allInnerTexts()).toEqual([
      'notation: { dateOrder: dmy }',
      'notation: { dateOrder: mdy }',
    ]);
    await page.getByRole('button', { name: 'Copy the line notation: { dateOrder: mdy }' }).focus();
    await page.keyboard.press('Enter');
    await lines.getByText('Copied').waitFor();
    expect(await copied(page)).toBe('notation: { dateOrder: mdy }');
    expect(await seriousFindings(page)).toEqual([]);
    await lines.getByRole('link', { name: 'orders' }).click();
    await page.waitForURL('**/contracts/orders');
    expect(inBrowser.complaints).toEqual([]);
  });

  test('a file is checked by the contract that matches or by a chosen one, and is not uploaded', async () => {
    const page = await inBrowser.open('/contracts');
    const result = page.getByRole('region', { name: 'Result of the check' });
    await check(page, 'orders_new.csv', csv(ORDERS, order(20), order(21, '03/04/2025'), order(22)));
    await result.locator('.badge', { hasText: 'would be rejected' }).waitFor();
    await result.getByText('notation: { dateOrder: dmy }').first().waitFor();

    await page.getByLabel('By the contract').selectOption('inventory');
    await page.waitForURL('**contract=inventory');
    await check(page, 'any name.txt', csv('product_id,on_hand,counted_at', '7,3,2025-03-01T10:00:00Z'));
    await result.locator('.badge', { hasText: 'would be accepted' }).waitFor();
    await result.getByText('inventory: 1 row').waitFor();
    await page.reload();
    expect(await page.getByLabel('By the contract').inputValue()).toBe('inventory');
    expect(await inBrowser.pipeline.keys('input/')).toEqual([]);

    expect(inBrowser.complaints).toEqual([]);
  });

  test('the page of a source checks a file by its SQL', async () => {
    const page = await inBrowser.open('/contracts/shop_export');
    await check(page, 'x.csv', csv('Order,Customer,Placed', '1,2,13.03.2025 09:00'));
    await page.getByText('shop_export: 1 row').waitFor();
    await page.getByRole('region', { name: 'First rows of orders' }).getByText('2025-03-13 08:00').waitFor();
  });

  test('an unknown file gives a draft of its contract, before and after its upload', async () => {
    const page = await inBrowser.open('/contracts', { width: 390, dark: true });
    await mayCopy(page);
    await check(page, 'Parcels 2025.csv', csv('parcel,weight,sent', '1,2.5,2025-03-01', '2,3.5,2025-03-02'));
    await page.getByRole('button', { name: 'Draft a contract' }).click();
    const draft = page.getByRole('region', { name: 'Draft of the contract of parcels' });
    await draft.waitFor();
    const yaml = await draft.locator('pre').textContent();
    expect(yaml).toContain('kind: parcels\n');
    expect(yaml).toContain('key: [ parcel ]\n');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download parcels.yaml' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('parcels.yaml');
    expect(readFileSync(await download.path(), 'utf8')).toBe(yaml);

    await page.goto(new URL('/files?key=input/parcels.csv', inBrowser.url).href);
    await page.getByRole('button', { name: 'Draft a contract' }).click();
    await draft.waitFor();
    await page.getByRole('button', { name: 'Copy the draft' }).click();
    expect(await copied(page)).toContain('# Drafted from parcels.csv.');
    expect(await scrollsSideways(page)).toBe(false);
    expect(inBrowser.complaints).toEqual([]);
  });

  test.each([
    ['/contracts', 1280],
    ['/contracts', 390],
    ['/contracts/orders', 390],
    ['/contracts/shop_export', 1280],
    ['/contracts/events', 390],
  ])('%s does not scroll sideways at %d px', async (address, width) => {
    const page = await inBrowser.open(address, { width, dark: true });
    await page.getByRole('heading', { level: 2, name: 'Check a file' }).waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('what does not exist is reported, and data needs the token', async () => {
    const page = await inBrowser.open('/contracts/nope');
    await page.getByText('there is no contract "nope": expected one of').waitFor();
    inBrowser.complaints.length = 0;
    expect((await inBrowser.ask('/api/contracts/definitions/nope/files')).status).toBe(409);
    expect((await inBrowser.ask('/api/contracts/definitions/orders/files?after=x')).status).toBe(400);
    expect((await inBrowser.ask('/api/contracts/draft?key=input/nope.csv&upload=x')).status).toBe(409);
    expect((await fetch(new URL('/api/contracts', inBrowser.url))).status).toBe(401);
  });
});
