import type { Page } from 'playwright-core';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';
import { eventFile, visit } from './visit-events';

const DAY_MS = 86_400_000;

/** The day some days ago, in UTC, the reporting time zone of the pipeline. */
const dayAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** `28 Nov 2026` */
const inWords = (day: string) =>
  new Date(day).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const weekday = (day: string) => new Date(day).toLocaleDateString('en-GB', { weekday: 'long' });

describeInBrowser('the Home page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  }, 120_000);
  afterAll(() => inBrowser?.stop(), 60_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  /** Uploads orders with one item each. */
  async function order(
    file: string,
    orders: readonly { readonly id: number; readonly day: string; readonly price: string }[],
  ): Promise<void> {
    const { pipeline } = inBrowser;
    await pipeline.put(
      `input/order_items_${file}.csv`,
      csv(
        ORDER_ITEMS,
        ...orders.map(({ id, day, price }) => `${id},${id},7,1,complete,${day}T00:00:01Z,,,,${price}`),
      ),
    );
    await pipeline.put(
      `input/orders_${file}.csv`,
      csv(ORDERS, ...orders.map(({ id, day }) => `${id},7,complete,${day}T00:00:01Z,,,,1`)),
    );
    await pipeline.untilQuiet();
  }

  const card = (title: string) => page.getByRole('region', { name: title });

  /** The texts of a figure of a day, one per line. */
  async function figure(title: string, name: string): Promise<string[]> {
    const tile = card(title).locator('.home-tile', { has: page.getByText(name, { exact: true }) });
    return (await tile.innerText()).split('\n').slice(1);
  }

  test('is the first page, and without data says what to do', async () => {
    page = await inBrowser.open('/');
    await page.getByText('No orders and no visits yet').waitFor();
    await page.getByText('No files yet').waitFor();
    await page.getByRole('region', { name: 'Health' }).getByText('Healthy').waitFor();
    expect(await page.getByRole('link', { name: 'Home' }).getAttribute('aria-current')).toBe('page');
    await card('Now').getByText('Active visitors').waitFor();
  }, 120_000);

  test('shows the newest days of old data, and says that today has none', async () => {
    await inBrowser.pipeline.put(
      'input/products.csv',
      csv(PRODUCTS, '1,MUG-1,3.50,Home,Mug,Hearth,9.90,Home'),
    );
    await order('old', [
      { id: 1, day: '2025-03-10', price: '12.50' },
      { id: 2, day: '2025-03-09', price: '10.00' },
      { id: 3, day: '2025-03-03', price: '25.00' },
    ]);
    await page.getByText('The newest day with data is 10 Mar 2025').waitFor();
    expect(await page.locator('.home-note').innerText()).toContain(`no data of today, ${inWords(dayAgo(0))}`);
    const newest = 'Monday, 10 Mar 2025';
    await card(newest).getByText('12.50', { exact: true }).waitFor();
    expect(await figure(newest, 'Revenue')).toEqual([
      '12.50',
      '+25.00 % from 10.00 the day before',
      '−50.00 % from 25.00 on Monday a week before',
    ]);
    expect(await figure(newest, 'Orders')).toEqual([
      '1',
      'unchanged from 1 the day before',
      'unchanged from 1 on Monday a week before',
    ]);
    expect((await figure(newest, 'Visitors'))[0]).toBe('no data');
    expect(await figure('Sunday, 9 Mar 2025', 'Revenue')).toEqual([
      '10.00',
      '0.00 the day before',
      'no data on Sunday a week before',
    ]);
  }, 120_000);

  test('compares today with yesterday until the same time, and yesterday with whole days', async () => {
    const [today, yesterday] = [dayAgo(0), dayAgo(1)];
    await order('new', [
      { id: 11, day: today, price: '10.50' },
      { id: 12, day: today, price: '20.00' },
      { id: 13, day: yesterday, price: '40.00' },
      { id: 14, day: dayAgo(2), price: '20.00' },
      { id: 15, day: dayAgo(8), price: '80.00' },
    ]);
    const buys = [['purchase', 1, { transaction_id: 't1', value: 1 }]] as const;
    await inBrowser.pipeline.put(
      'input/events_visits.ndjson',
      eventFile([
        ...visit('y1', 'v1', `${yesterday}T00:00:02Z`, undefined, [['page_view', 0]]),
        ...visit('y2', 'v2', `${yesterday}T12:00:00Z`, undefined, buys),
        ...visit('t1', 'v1', `${today}T00:00:03Z`, undefined, [['page_view', 0]]),
        ...visit('t2', 'v3', `${today}T00:00:05Z`, undefined, [
          ['purchase', 1, { transaction_id: 't2', value: 2 }],
        ]),
      ]),
    );
    await inBrowser.pipeline.untilQuiet();
    const ofToday = `Today, ${inWords(today)}`;
    await card(ofToday).getByText('50.00 points').waitFor();
    await card(ofToday).getByText('30.50', { exact: true }).waitFor();
    expect(await figure(ofToday, 'Revenue')).toEqual(['30.50', 'so far', '40.00 the day before']);
    expect(await figure(ofToday, 'Orders')).toEqual(['2', 'so far', '1 the day before']);
    expect(await figure(ofToday, 'Visitors')).toEqual([
      '2',
      'so far',
      '+100.00 % from 1 until 00:00 the day before',
      '2 the day before',
    ]);
    expect((await figure(ofToday, 'Conversion')).slice(0, 3)).toEqual([
      '50.00 %',
      'so far',
      '+50.00 points from 0.00 % until 00:00 the day before',
    ]);
    expect(await figure(ofToday, 'Purchases by events')).toEqual([
      '1',
      'so far',
      '0 until 00:00 the day before',
      '1 the day before',
    ]);
    const ofYesterday = `Yesterday, ${inWords(yesterday)}`;
    expect(await figure(ofYesterday, 'Revenue')).toEqual([
      '40.00',
      '+100.00 % from 20.00 the day before',
      `−50.00 % from 80.00 on ${weekday(dayAgo(8))} a week before`,
    ]);
    expect((await figure(ofYesterday, 'Visitors'))[0]).toBe('2');
    expect(await page.locator('.home-note').count()).toBe(0);
  }, 120_000);

  test('shows live numbers, and the latest files without those of single events', async () => {
    const { eventsUrl, eventsKey } = inBrowser.pipeline.ready;
    const sent = {
      event_id: 'p1',
      event_name: 'purchase',
      client_id: 'v9',
      transaction_id: 't9',
      value: 3.5,
    };
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify({ ...sent, currency: 'EUR' }),
    });
    expect(answer.status).toBe(202);
    await card('Now').getByText('€3.50').waitFor();
    await page.getByRole('table', { name: 'Latest files' }).getByText('events_visits.ndjson').waitFor();
    const files = await page.getByRole('table', { name: 'Latest files' }).innerText();
    expect(files).toContain('archived');
    expect(files).not.toContain('events/http');
  }, 120_000);

  test.each([
    [1280, false],
    [390, true],
  ])(
    'at %d pixels axe finds nothing serious, and nothing is cut off',
    async (width, dark) => {
      const narrow = await inBrowser.open('/', { width, dark });
      await narrow.getByText(`Yesterday, ${inWords(dayAgo(1))}`).waitFor();
      await narrow.getByRole('table', { name: 'Latest files' }).waitFor();
      expect(await seriousFindings(narrow)).toEqual([]);
      expect(await scrollsSideways(narrow)).toBe(false);
    },
    120_000,
  );

  test('opens a file, and the KPIs of a day', async () => {
    await page.getByRole('table', { name: 'Latest files' }).locator('tbody tr').first().press('Enter');
    await page.waitForURL('**/files?key=*');
    await page.goBack();
    await card(`Yesterday, ${inWords(dayAgo(1))}`)
      .getByRole('link', { name: 'KPIs of the day' })
      .click();
    await page.waitForURL(`**/kpis?from=${dayAgo(1)}*`);
    await page.getByRole('heading', { level: 1, name: 'KPIs' }).waitFor();
  }, 120_000);
});
