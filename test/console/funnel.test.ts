import type { Page } from 'playwright-core';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';
import { eventFile, VISITS } from './visit-events';

describeInBrowser('the Funnel page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  });
  afterAll(() => inBrowser?.stop());
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const tile = (name: string) => page.locator('.kpi-tile', { hasText: name });
  const levels = (name: string) => page.getByRole('region', { name }).getByRole('listitem').allInnerTexts();

  test('without visits says what to do; then shows both funnels side by side', async () => {
    page = await inBrowser.open('/funnel?period=7');
    await page.getByText('There are no visits yet').waitFor();
    await inBrowser.pipeline.put('input/events_march.ndjson', eventFile(VISITS));
    await inBrowser.pipeline.untilQuiet();
    // Of 5 sessions 2 view a product; one of them goes on to the purchase, another one only adds to the cart.
    await tile('Conversion rate').getByText('20.00 %').waitFor();
    const closed = await levels('Closed funnel');
    const texts = (found: string[]) => found.map((text) => text.replaceAll(/\s+/g, ' '));
    expect(texts(closed)).toEqual([
      'All sessions 5 100.00 %',
      'Viewed a product 2 40.00 % 40.00 % of the step before; 3 lost',
      'Added to cart 1 20.00 % 50.00 % of the step before; 1 lost',
      'Began checkout 1 20.00 % 100.00 % of the step before; 0 lost',
      'Purchased 1 20.00 % 100.00 % of the step before; 0 lost',
    ]);
    expect(texts(await levels('Open funnel'))[2]).toBe(
      'Added to cart 2 40.00 % 100.00 % of the step before; 0 lost',
    );
    expect(await tile('Conversion rate').innerText()).toContain('+20.00 points from 0.00 %');
    expect(await tile('View to cart').innerText()).toContain('50.00 %');
  }, 90_000);

  test('draws the rate over time, and the funnel of a channel that is clicked', async () => {
    const chart = page.getByRole('slider', { name: 'Conversion rate by day' });
    await chart.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(
      /^9 Mar 2026: Conversion rate 50.00 %, Through all steps 50.00 %/,
    );
    await page.getByRole('table', { name: 'Channels' }).getByText('Email').click();
    await page.waitForURL(/channel=Email/);
    await tile('Conversion rate').getByText('100.00 %').waitFor();
    expect(await tile('Sessions').last().innerText()).toContain('unchanged from 1');
    // The table still has all channels.
    await page.getByRole('cell', { name: 'Paid Search' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  test('is as wide as a narrow window, and says where there are visits', async () => {
    page = await inBrowser.open('/funnel?from=2026-03-09&to=2026-03-10', { width: 390, dark: true });
    await tile('Conversion rate').getByText('20.00 %').waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    page = await inBrowser.open('/funnel?from=2026-03-05&to=2026-03-06');
    await page.getByText('There are visits from 2 Mar 2026 – 10 Mar 2026').waitFor();
  });

  test('gives the numbers of the channels as CSV', async () => {
    const answer = await inBrowser.ask('/api/funnel/channels.csv?period=7');
    expect((await answer.text()).split('\n').slice(1)).toEqual([
      '"Direct",2,0,0,0,0,0,0,0,0,0.00',
      '"Paid Search",2,1,0,0,0,1,1,0,0,0.00',
      '"Email",1,1,1,1,1,1,1,1,1,100.00',
      '',
    ]);
  });

  test('refuses what is no day, and gives nothing without the token', async () => {
    expect((await inBrowser.ask('/api/funnel?from=yesterday')).status).toBe(400);
    expect((await fetch(new URL('/api/funnel', inBrowser.url))).status).toBe(401);
  });
});
