import type { Page } from 'playwright-core';
import { EVENTS } from '../../domain/object-keys';
import { connectWarehouse } from '../../serving/warehouse/connection';
import { csv, ORDERS } from '../builders/csv';
import { daybook } from '../cli/run-daybook';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

describeInBrowser('the guided first run', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ warehouse: true });
  }, 120_000);
  afterAll(() => inBrowser?.stop(), 60_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const card = () => page.getByRole('region', { name: 'Start with a sample' });
  const query = async (sql: string) => {
    const { stdout } = await daybook(['query', sql, '--json'], {
      AWS_ENDPOINT_URL: inBrowser.pipeline.ready.endpoint,
    });
    return JSON.parse(stdout).rows;
  };
  const COUNTS = `select (select count(*) from orders), (select count(*) from order_items) > 0,
    (select count(*) from events), (select count(*) from products_history), (select count(*) from sessions) > 0`;

  test('an empty deployment offers a sample shop and events, each with a button', async () => {
    page = await inBrowser.open('/');
    await card().getByText('Nothing was loaded yet').waitFor();
    for (const dark of [false, true]) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.setViewportSize({ width: dark ? 390 : 1280, height: 900 });
      expect(await seriousFindings(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await card().getByRole('button', { name: 'Load a sample shop' }).click();
    await card().getByText('1,500 orders uploaded').waitFor();
    await card().getByRole('button', { name: 'Send sample events' }).click();
    await card().getByText('1,500 events sent').waitFor();
    await card().getByText('Loading…').waitFor({ state: 'hidden', timeout: 120_000 });
    await inBrowser.pipeline.untilQuiet();
    expect(await query(COUNTS)).toEqual([['1500', true, '1500', '500', true]]);
  }, 180_000);

  test('own data loaded meanwhile stays when the sample is removed, and nothing of the sample does', async () => {
    const { pipeline } = inBrowser;
    // Order 1 is also one of the sample: now it is the shop's.
    await pipeline.put('input/orders.csv', csv(ORDERS, '1,7,delivered,2026-11-20T10:00:00Z,,,,1'));
    const { eventsUrl = '', eventsKey = '' } = pipeline.ready;
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify([{ event_name: 'page_view', event_id: 'own', client_id: 'c1' }]),
    });
    expect(answer.status).toBe(202);
    await card().getByText('Loading…').waitFor();
    await card().getByText('Loading…').waitFor({ state: 'hidden', timeout: 120_000 });
    expect(await pipeline.keys(EVENTS)).toEqual([]);
    await card().getByRole('button', { name: 'Remove the sample' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the sample' }).click();
    await card().waitFor({ state: 'detached', timeout: 120_000 });

    expect(await query('select count(*), max(_source_key) from orders')).toEqual([['1', 'input/orders.csv']]);
    expect(await query('select event_id from events')).toEqual([['own']]);
    expect(await query('select count(*) from order_items, products_history')).toEqual([['0']]);
    expect(await query('select count(*) from sessions')).toEqual([['1']]);
    const archived = (await pipeline.keys('archive/')).map((key) => key.split('/').slice(2).join('/'));
    expect(archived.filter((key) => key.startsWith('sample/'))).toEqual([]);
    const verified = await daybook(['verify', '--json'], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });
    expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
    const warehouse = await connectWarehouse(pipeline.ready.warehouse ?? '');
    try {
      const { rows } = await warehouse.query('select distinct event_id from fact_events');
      expect(rows).toEqual([{ event_id: 'own' }]);
    } finally {
      await warehouse.end();
    }
  }, 300_000);

  test('a deployment with data of its own is not offered a sample', async () => {
    for (const address of ['/', '/executions']) {
      await page.goto(new URL(address, inBrowser.url).href);
      await (address === '/'
        ? page.getByText('Latest files')
        : page.getByRole('table', { name: 'Executions' })
      ).waitFor();
      expect(await card().count()).toBe(0);
    }
    const refused = await inBrowser.ask('/api/first-run/load', { method: 'POST' });
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain('already has data');
  });
});
