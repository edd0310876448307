import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packagePath } from '../../package-path';
import { daybook } from '../cli/run-daybook';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser } from './console-page';

const SHOP = packagePath('test', 'e2e', 'german-shop');
const CONTRACTS = path.join(SHOP, 'contracts');
const FILES = ['artikel.csv', 'bestellungen.csv', 'positionen.csv'].map((name) => path.join(SHOP, name));

/**
 * A shop with texts as ids, its own column names, semicolons, decimal commas, a declared currency, dates that begin with the day,
 * local times, and quantities with a price per piece.
 */
describeInBrowser('a shop with its own contracts, through the command line and the console', () => {
  let inBrowser: ConsoleInBrowser;
  let environment: Record<string, string>;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ every: 1, contracts: CONTRACTS });
    environment = {
      AWS_ENDPOINT_URL: inBrowser.pipeline.ready.endpoint,
      DAYBOOK_CONTRACTS: CONTRACTS,
    };
  });
  afterAll(() => inBrowser?.stop());

  test('its files are checked, uploaded, loaded and counted to the cent', async () => {
    const checked = await daybook(['contract', 'check', ...FILES], environment);
    expect(checked.stderr).toBe('');
    expect(checked.code).toBe(0);

    const page = await inBrowser.open('/files');
    await page.getByLabel('Files to upload').setInputFiles(FILES);
    const rowOf = (name: string) => page.getByRole('row').filter({ hasText: name });
    for (const file of FILES) {
      await rowOf(path.basename(file))
        .locator('.badge', { hasText: 'archived' })
        .first()
        .waitFor({ timeout: 60_000 });
    }
    await inBrowser.pipeline.untilQuiet();
    expect(await inBrowser.pipeline.orderKpis()).toEqual([
      expect.objectContaining({
        order_date: '2025-03-08',
        total_orders: '2',
        // Two pieces for 1234.50 euros each and one for 12.50; the second order is of the 9th in Berlin, of the 8th in UTC.
        total_revenue: '2481.5',
        total_items_sold: '3',
        unique_customers: '2',
        return_rate: '50',
      }),
    ]);
    expect((await inBrowser.pipeline.categoryKpis()).map(({ category, items }) => [category, items])).toEqual(
      [['Küche', '3']],
    );
    await page.goto(new URL('/kpis', inBrowser.url).href);
    await page.getByText('2,481.50').first().waitFor({ timeout: 30_000 });

    const queried = await daybook(
      ['query', '--csv', 'select id, order_id, product_id, quantity from order_items order by id'],
      environment,
    );
    expect(queried.stdout.trim().split(/\r?\n/)).toEqual([
      '"id","order_id","product_id","quantity"',
      '"#1001-1","#1001","TASSE",2',
      '"#1002-1","#1002","TELLER",1',
    ]);
    const verified = await daybook(['verify'], environment);
    expect(verified.stderr).not.toContain('differ');
    expect(verified.code).toBe(0);
    expect(inBrowser.complaints).toEqual([]);
  }, 180_000);

  test('an order that comes again replaces its earlier row', async () => {
    const [header = '', first = ''] = readFileSync(path.join(SHOP, 'bestellungen.csv'), 'utf8').split('\r\n');
    await inBrowser.pipeline.put(
      'input/bestellungen-2.csv',
      `${header}\r\n${first.replace('shipped', 'returned')}\r\n`,
    );
    await inBrowser.pipeline.untilQuiet();
    expect(await inBrowser.pipeline.orderKpis()).toEqual([
      expect.objectContaining({ total_orders: '2', total_revenue: '2481.5', return_rate: '100' }),
    ]);
  }, 120_000);
});
