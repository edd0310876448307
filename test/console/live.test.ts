import type { Page } from 'playwright-core';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings, tableRows } from './console-page';

const HOSTILE = `<img src=x onerror="globalThis.isHacked=1">'"\u202egnp ${'x'.repeat(300)}`;
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

describeInBrowser('the Live page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    // No schedule, so that the files of events stay where ingest writes them.
    inBrowser = await ConsoleInBrowser.start({ every: 0 });
  }, 60_000);
  afterAll(() => inBrowser?.stop(), 60_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  /** Sends events that happen now, as a shop's page does. */
  async function send(events: readonly object[]): Promise<void> {
    const { eventsUrl, eventsKey } = inBrowser.pipeline.ready;
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify(events),
    });
    expect(await answer.json()).toEqual({ accepted: events.length, rejected: [] });
  }

  const tile = (name: string) =>
    page.locator('.live-tile', { has: page.getByText(name, { exact: true }) }).locator('.kpi-number');

  const rowsOf = (label: string) => tableRows(page, label);

  test('without events says what to do, and shows the first ones without being reloaded', async () => {
    page = await inBrowser.open('/live');
    await page.getByText('No events in the last 24 hours').waitFor();
    const waits: number[] = [];
    for (let number = 1; number <= 3; number += 1) {
      await send([{ event_id: `first-${number}`, event_name: 'page_view', client_id: 'v0' }]);
      const accepted = performance.now();
      await tile('Events').getByText(String(number), { exact: true }).waitFor();
      waits.push(performance.now() - accepted);
    }
    // `npm run test:times` checks it, on a machine that does nothing else.
    if (process.env.DAYBOOK_TIMES === '1') expect(Math.max(...waits)).toBeLessThan(3_000);
  }, 60_000);

  test('shows visitors, orders, sales, the funnel, sources and products of people, and bots apart', async () => {
    const item = { product_id: 'mug', name: 'Mug', price: 12.5, quantity: 2 };
    const ad = 'https://shop.example/?utm_source=news&utm_medium=email';
    await send([
      { event_id: 'a1', event_name: 'page_view', client_id: 'v1', page_url: ad },
      { event_id: 'a2', event_name: 'view_item', client_id: 'v1', items: [item] },
      { event_id: 'a3', event_name: 'add_to_cart', client_id: 'v1', items: [item] },
      { event_id: 'a4', event_name: 'begin_checkout', client_id: 'v1', items: [item] },
      {
        ...{ event_id: 'a5', event_name: 'purchase', client_id: 'v1', transaction_id: 't1' },
        ...{ value: 25.25, currency: 'EUR', items: [item] },
      },
      // Reloaded: the purchase counts once.
      {
        ...{ event_id: 'a6', event_name: 'purchase', client_id: 'v1', transaction_id: 't1' },
        ...{ value: 25.25, currency: 'EUR', items: [item] },
      },
      { event_id: 'b1', event_name: 'view_item', client_id: 'v2', items: [item] },
      {
        event_id: 'b2',
        event_name: 'purchase',
        client_id: 'v3',
        transaction_id: 't2',
        value: 0.005,
        currency: 'EUR',
      },
      { event_id: 'c1', event_name: 'page_view', client_id: 'bot', user_agent: BOT },
      {
        event_id: 'c2',
        event_name: 'purchase',
        client_id: 'bot',
        transaction_id: 't3',
        value: 1e6,
        user_agent: BOT,
      },
    ]);
    await tile('Events').getByText('11', { exact: true }).waitFor();
    await tile('Bots').getByText('2', { exact: true }).waitFor();
    expect(await tile('Active visitors').innerText()).toBe('4');
    expect(await tile('Visitors').innerText()).toBe('4');
    expect(await tile('Orders').innerText()).toBe('2');
    expect(await tile('Sales').innerText()).toBe('€25.255');
    expect(
      (await page.locator('.live-funnel li').allInnerTexts()).map((text) => text.split(/\s*\n\s*/)),
    ).toEqual([
      ['All visitors', '4 100.00 %'],
      ['Viewed a product', '2 50.00 %'],
      ['Added to cart', '1 25.00 %'],
      ['Began checkout', '1 25.00 %'],
      ['Purchased', '2 50.00 %'],
    ]);
    expect(await rowsOf('Top sources')).toEqual([
      ['(direct) / (none)', 'Direct', '3', '1'],
      ['news / email', 'Email', '1', '1'],
    ]);
    expect(await rowsOf('Top products')).toEqual([['Mug', '2', '1', '2']]);
    const chart = page.getByRole('slider', { name: 'Events per minute by name' });
    await chart.focus();
    await page.keyboard.press('Escape');
    expect(await chart.getAttribute('aria-valuetext')).toContain('page_view');
    await page.getByRole('button', { name: 'Show as table' }).nth(1).click();
    const sales = await rowsOf('Orders and sales per minute');
    expect(sales.reduce((sum, [, orders]) => sum + Number(orders), 0)).toBe(2);
  }, 60_000);

  test('shows the latest events as they were received, beside their rows, whatever they say', async () => {
    await send([
      {
        ...{
          event_id: 'h1',
          event_name: 'view_item',
          client_id: HOSTILE,
          page_url: 'https://shop.example/p',
        },
        items: [{ product_id: HOSTILE, name: HOSTILE, price: 1 }],
        big: 12345678901234567890n.toString(),
      },
    ]);
    const latest = page.getByRole('table', { name: 'Latest events' });
    await latest.getByText('onerror').first().waitFor();
    await latest.locator('tbody tr').first().press('Enter');
    const event = page.getByRole('region', { name: 'Event', exact: true });
    await event.getByRole('region', { name: 'Row of events' }).getByText('shop.example').first().waitFor();
    expect(await event.getByRole('region', { name: 'As received' }).innerText()).toContain(
      '"event_id": "h1"',
    );
    expect(await event.getByRole('region', { name: 'Item 1' }).innerText()).toContain('<img src=x');
    expect(await page.evaluate('globalThis.isHacked')).toBeUndefined();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  }, 60_000);

  test('keeps the numbers while it is paused', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused at').waitFor();
    const before = await tile('Events').innerText();
    await send([{ event_id: 'p1', event_name: 'page_view', client_id: 'v1' }]);
    await page.waitForTimeout(4_000);
    expect(await tile('Events').innerText()).toBe(before);
    await page.getByRole('button', { name: 'Resume' }).click();
    await tile('Events')
      .getByText(String(Number(before) + 1), { exact: true })
      .waitFor();
  }, 60_000);

  test('a hidden page asks seldom, and is up to date when it is shown again', async () => {
    let requests = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/live?')) requests += 1;
    });
    const setHidden = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
         Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${isHidden ? 'hidden' : 'visible'}' });
         document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`,
      );
    await setHidden(true);
    await page.waitForTimeout(2_000);
    requests = 0;
    await page.waitForTimeout(4_000);
    expect(requests).toBe(0);
    await setHidden(false);
    await page.waitForTimeout(3_000);
    expect(requests).toBeGreaterThanOrEqual(2);
  }, 60_000);

  test('keeps the range in the address, on a narrow screen and in the dark too', async () => {
    await page.getByRole('button', { name: '5 minutes' }).click();
    await page.getByText('Events per 10 seconds by name').waitFor();
    expect(page.url()).toContain('minutes=5');
    page = await inBrowser.open('/live?minutes=1440', { width: 390, dark: true });
    await page.getByText('Events per 15 minutes by name').waitFor();
    await rowsOf('Latest events');
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  }, 60_000);

  test('data needs the token, and only the three ranges exist', async () => {
    const { origin } = new URL(inBrowser.url);
    expect((await fetch(`${origin}/api/live`)).status).toBe(401);
    const answer = await inBrowser.ask('/api/live?minutes=7');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('minutes');
  });
});
