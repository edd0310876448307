import type { Page } from 'playwright-core';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';
import { eventFile, VISITS, visit } from './visit-events';

const HOSTILE = '<img src=x onerror=globalThis.isHacked=1>"\'%2F';

/** A visitor without a session id, and 120 other visits: more than a page of the list. */
const MANY = [
  ...visit('many', HOSTILE, '2026-04-01T08:00:00Z', undefined, [
    ['page_view', 0],
    ['view_item', 3.5, { user_id: 'user 7', items: [{ item_name: `\u202e${HOSTILE}`, item_id: "p'1" }] }],
  ]).map(({ session_id: _, ...event }) => event),
  ...Array.from({ length: 120 }, (_, at) =>
    visit(
      `n${at}`,
      `v${at}`,
      new Date(Date.UTC(2026, 3, 1, 9) + at * 60_000).toISOString(),
      undefined,
      Array.from({ length: (at % 3) + 1 }, (__, place) => ['page_view', place * (at + 1)] as const),
    ),
  ).flat(),
];

describeInBrowser('the Sessions page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  });
  afterAll(() => inBrowser?.stop());
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const goTo = (address: string) => page.goto(new URL(address, inBrowser.url).href);

  /** A table's rows as text, when there are as many. */
  async function rowsOf(label: string, count: number): Promise<string[][]> {
    const rows = page.getByRole('table', { name: label }).locator('tbody tr');
    await rows.nth(count - 1).waitFor();
    return rows.evaluateAll((found) =>
      found.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
    );
  }

  interface Listed {
    readonly total: number;
    readonly next: string | null;
    readonly sessions: readonly { readonly session_key: string; readonly visitor_id: string }[];
  }
  const list = async (query: string): Promise<Listed> =>
    (await inBrowser.ask(`/api/sessions?${query}`)).json() as Promise<Listed>;

  test('without visits says what to do; then lists the newest first, with what they did', async () => {
    page = await inBrowser.open('/sessions');
    page.setDefaultTimeout(20_000);
    await page.getByText('There are no visits yet').waitFor();
    await inBrowser.pipeline.put('input/events_march.ndjson', eventFile(VISITS));
    await inBrowser.pipeline.untilQuiet();
    await page.getByRole('heading', { name: '5 sessions' }).waitFor();
    expect(await rowsOf('Sessions', 5)).toEqual([
      [
        '10 Mar 26, 12:00',
        'c5',
        'Paid Search',
        '/add_to_cart',
        'unknown',
        '1',
        '0.0 s',
        'Added to cart',
        '–',
      ],
      ['10 Mar 26, 10:00', 'c3', 'Paid Search', '/page_view', 'unknown', '2', '8.0 s', 'Product view', '–'],
      ['10 Mar 26, 09:00', 'c1', 'Direct', '/page_view', 'unknown', '2', '5.0 s', '–', '–'],
      ['9 Mar 26, 11:00', 'c2', 'Direct', '/page_view', 'unknown', '1', '0.0 s', '–', '–'],
      ['9 Mar 26, 10:00', 'c1', 'Email', '/page_view', 'unknown', '5', '1 min 30 s', 'Purchase', '20.50'],
    ]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  }, 90_000);

  test('keeps conditions and order in the address', async () => {
    await page.getByLabel('Furthest step').selectOption('none');
    await page.getByRole('heading', { name: '2 sessions' }).waitFor();
    await page.getByRole('button', { name: 'Duration' }).click();
    await page.waitForURL(/step=none.*sort=-duration_seconds/);
    await page.reload();
    expect((await rowsOf('Sessions', 2)).map((row) => row[6])).toEqual(['5.0 s', '0.0 s']);
    await page.getByLabel('Channel').selectOption('Direct');
    await page.getByLabel(/^Purchase/).selectOption('yes');
    await page.getByText('No such sessions on these days').waitFor();
    await page.getByRole('button', { name: 'Clear the conditions' }).click();
    await page.getByRole('heading', { name: '5 sessions' }).waitFor();
  });

  test('shows a session with the times of its events, and an event as it was received', async () => {
    await page.getByRole('row', { name: /Email/ }).press('Enter');
    const events = (await rowsOf('Events of the session', 5)).map((row) => row.slice(0, 6));
    expect(events).toEqual([
      ['+0:00.0', 'page_view', '', '/page_view', '–', ''],
      ['+0:20.0', 'view_item', '– Product view', '/view_item', 'Mug', ''],
      ['+0:40.0', 'add_to_cart', '– Added to cart', '/add_to_cart', 'Mug', ''],
      ['+1:00.0', 'begin_checkout', '– Checkout', '/begin_checkout', '–', ''],
      ['+1:30.0', 'purchase', '✓ Purchase (furthest)', '/purchase', '–', '20.50 EUR'],
    ]);
    await page.getByRole('row', { name: /view_item/ }).press('Enter');
    await page.waitForURL(/event=s1-2/);
    const panel = page.getByRole('region', { name: 'Event view_item' });
    await panel.getByText('p1, price 10.25, 2 pieces').waitFor();
    await panel.getByText('Line 3 of').waitFor();
    // The line as it was uploaded.
    expect(JSON.parse(await panel.locator('pre').innerText())).toEqual(VISITS[2]);
    expect(await panel.getByRole('link', { name: 'input/events_march.ndjson' }).getAttribute('href')).toBe(
      '/files?key=input%2Fevents_march.ndjson',
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.reload();
    await panel.getByText('Line 3 of').waitFor();
  });

  test('loads further pages as one scrolls, each session once, in whichever order', async () => {
    await inBrowser.pipeline.put('input/events_april.ndjson', eventFile(MANY as typeof VISITS));
    await inBrowser.pipeline.untilQuiet();
    for (const order of ['', '&sort=events&direction=asc', '&sort=duration_seconds', '&sort=revenue']) {
      const query = `from=2026-04-01&to=2026-04-01${order}`;
      const first = await list(query);
      const second = await list(`${query}&after=${encodeURIComponent(first.next ?? '')}`);
      expect([first.total, first.sessions.length, second.sessions.length]).toEqual([121, 100, 21]);
      expect(second.next).toBeNull();
      const keys = [...first.sessions, ...second.sessions].map(({ session_key }) => session_key);
      expect(new Set(keys).size).toBe(121);
    }
    await goTo('/sessions?from=2026-04-01&to=2026-04-01&sort=events');
    await page.getByRole('heading', { name: '121 sessions' }).waitFor();
    const table = page.getByRole('table', { name: 'Sessions' });
    // A header and the first page; then both pages.
    await page.locator('table[aria-rowcount="101"]').waitFor();
    await table.locator('..').evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.locator('table[aria-rowcount="122"]').waitFor();
  }, 90_000);

  test('finds the sessions of a visitor or a user, and shows any name as the text that it is', async () => {
    await goTo('/sessions?period=all');
    await page.getByLabel('Visitor or user').fill('user 7');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('heading', { name: '1 session', exact: true }).waitFor();
    expect((await rowsOf('Sessions', 1))[0]?.[1]).toBe(HOSTILE);
    await page.getByRole('row', { name: /onerror/ }).click();
    const events = await rowsOf('Events of the session', 2);
    expect(events[1]?.slice(0, 2)).toEqual(['+0:03.5', 'view_item']);
    expect(events[1]?.[4]).toBe(`U+202E${HOSTILE}`);
    await page.getByRole('row', { name: /view_item/ }).click();
    await page.getByText('Line 2 of').waitFor();
    expect(await page.evaluate('globalThis.isHacked')).toBeUndefined();
    await page.getByRole('link', { name: HOSTILE }).first().click();
    await page.getByRole('heading', { name: '1 session', exact: true }).waitFor();
  });

  test('is as wide as a narrow window, also a session', async () => {
    const { sessions } = await list('period=all&person=c1&sort=revenue');
    expect(sessions.map(({ session_key }) => session_key)).toEqual(['c1/s1', 'c1/s3']);
    page = await inBrowser.open('/sessions?period=all&person=c1&sort=-revenue', { width: 390, dark: true });
    await page.getByRole('heading', { name: '2 sessions' }).waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('row', { name: /Email/ }).click();
    await page.getByRole('row', { name: /purchase/ }).click();
    await page.getByText('Line 6 of').waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test.each([
    ['/api/sessions?step=refund', 400, 'step'],
    ['/api/sessions?sort=visitor_id', 400, 'sort'],
    ['/api/sessions?after=1', 400, 'after'],
    ['/api/sessions/session', 400, 'key'],
    ['/api/sessions/session?key=nobody/1', 409, 'no such session'],
    ['/api/sessions/raw?event=none&at=2026-04-01T00:00:00.000Z', 409, 'not in the lake'],
    ["/api/sessions?person=' or 1=1 --&period=all", 200, '"total":0'],
  ])('answers %s with %d', async (address, status, expected) => {
    const answer = await inBrowser.ask(address);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(expected)]);
  });
});
