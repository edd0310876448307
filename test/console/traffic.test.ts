import type { Page } from 'playwright-core';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, downloadBy, scrollsSideways, seriousFindings, tableRows } from './console-page';
import { eventFile, VISITS, visit } from './visit-events';

describeInBrowser('the Traffic page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  });
  afterAll(() => inBrowser?.stop());
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const tile = (name: string) => page.locator('.kpi-tile', { hasText: name });
  const chart = (name: string) => page.getByRole('slider', { name });

  const rowsOf = (label: string) => tableRows(page, label);

  const saved = async () => (await downloadBy(page, 'Origins as CSV')).split('\n');

  test('without visits says what to do, and shows those that a file of events brings', async () => {
    page = await inBrowser.open('/traffic?period=7');
    await page.getByText('There are no visits yet').waitFor();
    await inBrowser.pipeline.put('input/events_march.ndjson', eventFile(VISITS));
    await inBrowser.pipeline.untilQuiet();
    await tile('Sessions').getByText('5', { exact: true }).first().waitFor();
    // Of 5 sessions 2 are engaged; they last 90, 0, 5, 8 and 0 seconds; 2 visitors come on the 9th and 3 on the 10th.
    expect(await tile('Sessions').first().innerText()).toContain('+400.00 % from 1');
    expect(await tile('Visitors per day').innerText()).toContain('2.50');
    expect(await tile('Engaged sessions').innerText()).toContain('2');
    const bounces = await tile('Bounce rate').innerText();
    expect(bounces).toContain('60.00 %');
    expect(bounces).toContain('−40.00 points from 100.00 %');
    expect(await tile('Average duration').innerText()).toContain('21 s');
    expect(await tile('Purchases').innerText()).toContain('1');
    expect(await tile('Revenue').innerText()).toContain('20.50');
  }, 90_000);

  test('stacks sums by channel and draws rates as a line, both also as a table', async () => {
    await chart('Sessions by day and channel').focus();
    await page.keyboard.press('End');
    expect(await chart('Sessions by day and channel').getAttribute('aria-valuetext')).toBe(
      '10 Mar 2026: Direct 1, Paid Search 2, Email 0',
    );
    await page.getByRole('button', { name: 'Show as table' }).click();
    const stacks = await rowsOf('Sessions by day and channel');
    expect(stacks.slice(0, 2)).toEqual([
      ['10 Mar 2026', '1', '2', '0'],
      ['9 Mar 2026', '1', '0', '1'],
    ]);
    await tile('Bounce rate').click();
    await page.getByRole('button', { name: 'Show as table' }).click();
    const lines = await rowsOf('Bounce rate by day');
    expect(lines.slice(0, 2)).toEqual([
      ['10 Mar 2026', '3', '3', '1', '66.67 %', '4.3 s', '0', '0.00', '0'],
      ['9 Mar 2026', '2', '2', '1', '50.00 %', '45 s', '1', '20.50', '1'],
    ]);
    expect(page.url()).toContain('metric=bounces');
  });

  test('lists origins by channel, source or medium in an order that the address keeps', async () => {
    expect(await rowsOf('Origins')).toEqual([
      ['Direct', '2', '1.00', '1', '50.00 %', '2.5 s', '0', '0.00', 'new'],
      ['Paid Search', '2', '2', '0', '100.00 %', '4.0 s', '0', '0.00', 'new'],
      ['Email', '1', '1', '1', '0.00 %', '1 min 30 s', '1', '20.50', 'unchanged'],
    ]);
    await page.getByRole('table', { name: 'Origins' }).getByRole('button', { name: 'Revenue' }).click();
    await page.waitForURL(/sort=-revenue/);
    await page.reload();
    expect((await rowsOf('Origins'))[0]?.[0]).toBe('Email');
    await page.getByRole('region', { name: 'Origins' }).getByRole('combobox').selectOption('all');
    await page.waitForURL(/group=all/);
    await page.getByRole('cell', { name: 'google' }).waitFor();
    expect((await rowsOf('Origins')).map((row) => row.slice(0, 4))).toEqual([
      ['Email', 'news', 'email', '1'],
      ['Direct', '(direct)', '(none)', '2'],
      ['Paid Search', 'google', 'cpc', '2'],
    ]);
  });

  test('of one channel shows the sources', async () => {
    page = await inBrowser.open('/traffic?period=7');
    await page.getByRole('table', { name: 'Origins' }).getByText('Paid Search').click();
    await page.waitForURL(/channel=Paid\+Search/);
    await chart('Sessions by day and source').waitFor();
    await tile('Revenue').getByText('no visits before').waitFor();
    expect(await tile('Sessions').first().innerText()).toBe('Sessions\n2\nno visits before');
    expect((await rowsOf('Origins')).map(([source]) => source)).toEqual(['google']);
  });

  const HOSTILE = [
    '<img src=x onerror=globalThis.isHacked=1>',
    "=cmd|'/C calc'!A0",
    `\u202egnp.exe ${'x'.repeat(80)}`,
    '__proto__',
  ];

  test('shows any source as the text that it is, and makes formulas harmless in CSV', async () => {
    const events = HOSTILE.flatMap((source, at) =>
      visit(`h${at}`, `h${at}`, '2026-04-01T10:00:00Z', { source, medium: 'email' }, [['page_view', 0]]),
    );
    await inBrowser.pipeline.put('input/events_hostile.ndjson', eventFile(events));
    await inBrowser.pipeline.untilQuiet();
    page = await inBrowser.open('/traffic?from=2026-04-01&to=2026-04-01&group=source', {
      width: 390,
      dark: true,
    });
    const names = (await rowsOf('Origins')).map(([source]) => source);
    expect(names.sort()).toEqual(
      HOSTILE.map((name) => name.replace('\u202e', 'U+202E').slice(0, 105)).sort(),
    );
    expect(await page.evaluate('[globalThis.isHacked, Object.keys(Object.prototype)]')).toEqual([
      undefined,
      [],
    ]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await saved()).toContain(`"'${HOSTILE[1]}",1,0,1.00,0,100.00,0.00,0,0.00`);
  }, 60_000);

  test('of a month with 31 days before shows both as wide as the window', async () => {
    page = await inBrowser.open('/traffic?from=2026-03-01&to=2026-03-31&by=week&metric=duration');
    await chart('Average duration by week').waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await chart('Average duration by week').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=2026-03-01&to=2026-03-31|sessions\?from=2026-03-01&to=2026-03-01/);
  });

  test.each([
    ['/api/traffic?from=2025-02-30', 'expected a day'],
    ['/api/traffic/origins?group=country', 'group'],
    [`/api/traffic?channel=${'x'.repeat(1001)}`, 'channel'],
  ])('refuses %s, saying what was expected', async (address, expected) => {
    const answer = await inBrowser.ask(address);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(expected);
  });

  test('gives nothing without the token', async () => {
    const answer = await fetch(new URL('/api/traffic', inBrowser.url));
    expect(answer.status).toBe(401);
  });
});
