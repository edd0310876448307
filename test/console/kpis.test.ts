import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import type { Kpi } from '../../operations/kpis/kpis';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, downloadBy, scrollsSideways, seriousFindings, tableRows } from './console-page';

describeInBrowser('the KPIs page', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start();
  });
  afterAll(() => inBrowser?.stop());
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  async function drop(name: string): Promise<void> {
    const directory = path.join(__dirname, '../../fixtures/days', name);
    await Promise.all(
      readdirSync(directory).map((file) =>
        inBrowser.pipeline.put(`input/${name}/${file}`, readFileSync(path.join(directory, file))),
      ),
    );
  }

  /** Puts items into DynamoDB, as transform does, without files and an execution. */
  function write(spec: Mart, items: readonly Kpi[]): Promise<void> {
    const { ready, deployment } = inBrowser.pipeline;
    const table = spec === catalog.mart('order_kpis') ? ready.orderTable : ready.categoryTable;
    return dynamoDbStore(deployment.dynamoDb, table, spec).put(items);
  }

  const tile = (name: string) => page.locator('.kpi-tile', { hasText: name }).locator('.kpi-number');
  const chart = (name: string) => page.getByRole('slider', { name });
  const goTo = (address: string) => page.goto(new URL(address, inBrowser.url).href);

  /** Does something with the mouse at a column of a chart. */
  async function atColumn(
    name: string,
    { column, of }: { column: number; of: number },
    act: (x: number, y: number) => Promise<void>,
  ): Promise<void> {
    const box = await chart(name).boundingBox();
    if (!box) throw new Error(`the chart ${name} has no place`);
    await act(box.x + 56 + ((box.width - 72) * (column + 0.5)) / of, box.y + 100);
  }

  const rowsOf = (label: string) => tableRows(page, label);

  const saved = (button: string) => downloadBy(page, button);

  /** As the CLI prints them: DynamoDB drops trailing zeros. */
  const twoDecimals = (number = '') => {
    const [whole, fraction = ''] = number.split('.');
    return `${whole}.${fraction.padEnd(2, '0')}`;
  };

  test('without KPIs says what to do, and shows those that an upload brings without being reloaded', async () => {
    page = await inBrowser.open('/kpis');
    await page.getByText('There are no KPIs yet').waitFor();
    await drop('01-first-drop');
    await inBrowser.pipeline.untilQuiet();
    await tile('Revenue').getByText('155.81').waitFor();
  }, 60_000);

  test('what another upload changes is shown where one looks', async () => {
    await page.evaluate('globalThis.isSamePage = true');
    await atColumn('Revenue by day', { column: 1, of: 4 }, (x, y) => page.mouse.move(x, y));
    const tip = page.locator('.chart-tip');
    await tip.getByText('65.51').waitFor();
    await drop('02-second-drop');
    await inBrowser.pipeline.untilQuiet();
    await tile('Revenue').getByText('180.16').waitFor();
    // The mouse has not moved, and stands on the new number.
    await tip.getByText('92.51').waitFor();
    expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
    await page.getByRole('button', { name: 'Show as table' }).first().click();

    const kpis = await inBrowser.pipeline.orderKpis();
    expect(await rowsOf('Revenue by day')).toEqual(
      kpis.toReversed().map((day) => [
        new Date(day.order_date ?? '').toLocaleDateString('en-GB', {
          day: 'numeric',
          month: 'short',
          year: 'numeric',
        }),
        twoDecimals(day.total_revenue),
        day.total_orders,
        day.total_items_sold,
        day.unique_customers,
        `${twoDecimals(day.return_rate)} %`,
        '–',
      ]),
    );
    expect(await tile('Orders').innerText()).toBe('9');
    expect(await tile('Return rate').innerText()).toBe('33.33 %');
  }, 60_000);

  test('compares typed days with as many before, and tells one day in words', async () => {
    await page.getByLabel('From').fill('2025-03-10');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await tile('Revenue').getByText('53.89').waitFor();
    const revenue = await page.locator('.kpi-tile', { hasText: 'Revenue' }).innerText();
    expect(revenue).toContain('−41.75 % from 92.51');
    expect(page.url()).toContain('from=2025-03-10');
    await page.getByText('There is only one point').waitFor();
    await page.getByLabel('From').fill('2025-03-11');
    await page.getByLabel('From').press('Enter');
    await page.getByText('The first day is after the last day.').waitFor();
  });

  test('opens a day by mouse and by keyboard, with its categories and the executions that changed it', async () => {
    await goTo('/kpis?period=7&metric=orders');
    await atColumn('Orders by day', { column: 1, of: 3 }, (x, y) => page.mouse.click(x, y));
    const [latest] = await inBrowser.pipeline.executions();
    const panel = page.getByRole('region', { name: '9 Mar 2025' });
    await panel.getByRole('link', { name: latest?.name ?? '' }).waitFor();
    await panel.getByText('revenue 65.51 → 92.51').waitFor();
    const categories = await rowsOf('Categories of 2025-03-09');
    expect(categories.map(([name, revenue]) => [name, revenue]).sort()).toEqual(
      (await inBrowser.pipeline.categoryKpis())
        .filter(({ order_date }) => order_date === '2025-03-09')
        .map(({ category, daily_revenue }) => [category, twoDecimals(daily_revenue)]),
    );

    await chart('Orders by day').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await chart('Orders by day').getAttribute('aria-valuetext')).toMatch(
      /^8 Mar 2025: Revenue 33.76, Orders 2,/,
    );
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: '8 Mar 2025' }).waitFor();
    expect(page.url()).toContain('day=2025-03-08');
  });

  test('ranks categories by what is chosen', async () => {
    const ranking = page.getByRole('table', { name: 'Categories by revenue' });
    expect((await rowsOf('Categories by revenue'))[0]?.slice(0, 3)).toEqual(['Unknown', '46.01', '25.54 %']);
    await ranking.getByRole('button', { name: 'Returns' }).click();
    expect((await rowsOf('Categories by revenue'))[0]?.[0]).toBe('Toys');
  });

  test('saves what DynamoDB holds of the days as CSV', async () => {
    expect(await saved('Days as CSV')).toBe(
      'order_date,total_orders,total_revenue,total_items_sold,unique_customers,return_rate,returned_orders\n' +
        '2025-03-08,2,33.76,3,1,50.00,1\n2025-03-09,3,92.51,7,2,33.33,1\n2025-03-10,4,53.89,5,4,25.00,1\n',
    );
  });

  const HOSTILE = [
    '<script>globalThis.isHacked=1</script><img src=x onerror=globalThis.isHacked=1>',
    "=cmd|'/C calc'!A0",
    `\u202egnp.exe ${'x'.repeat(480)}`,
    '__proto__',
  ];

  test('shows names of categories as the text that they are, and makes formulas harmless in CSV', async () => {
    await write(catalog.mart('order_kpis'), [
      {
        order_date: '2025-04-01',
        total_orders: '1',
        total_revenue: '30',
        total_items_sold: '4',
        unique_customers: '1',
        return_rate: '0',
      },
    ]);
    await write(
      catalog.mart('category_kpis'),
      HOSTILE.map((category, index) => ({
        category,
        order_date: '2025-04-01',
        daily_revenue: String(9 - index),
        avg_order_value: String(9 - index),
        avg_return_rate: '100',
      })),
    );
    page = await inBrowser.open('/kpis?from=2025-04-01&to=2025-04-01&day=2025-04-01', {
      width: 390,
      dark: true,
    });
    expect((await rowsOf('Categories of 2025-04-01')).map(([name]) => name)).toEqual(HOSTILE);
    await chart('Return rate by category').waitFor();
    expect(await page.evaluate('[globalThis.isHacked, Object.keys(Object.prototype)]')).toEqual([
      undefined,
      [],
    ]);
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    const lines = (await saved('Categories as CSV')).split('\n');
    expect(lines).toContain(`"'${HOSTILE[1]}",2025-04-01,8.00,8.00,100.00,,,`);
    expect(lines).toContain(`"${HOSTILE[3]}",2025-04-01,6.00,6.00,100.00,,,`);
  });

  test('shows ten years by month, and the days of one that is opened', async () => {
    const days = Array.from({ length: 183 }, (_, index) =>
      new Date(Date.UTC(2014, 0, 1) + index * 20 * 86_400_000).toISOString().slice(0, 10),
    );
    await write(
      catalog.mart('order_kpis'),
      days.map((order_date) => ({
        order_date,
        total_orders: '3',
        total_revenue: '10.1',
        total_items_sold: '4',
        unique_customers: '2',
        return_rate: '33.33',
      })),
    );
    await write(
      catalog.mart('category_kpis'),
      days.map((order_date) => ({
        category: 'Books',
        order_date,
        daily_revenue: '10.1',
        avg_order_value: '3.37',
        avg_return_rate: '0',
      })),
    );
    page = await inBrowser.open('/kpis?from=2014-01-01&to=2023-12-31');
    await tile('Revenue').getByText('1,848.30').waitFor();
    // The items have no counts, as those of the previous version.
    await page.getByText('need counts that the next execution stores').waitFor();
    expect(await tile('Return rate').innerText()).toBe('no data');
    await chart('Revenue by month').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const text = await chart('Revenue by month').getAttribute('aria-valuetext');
    expect(text).toContain('1 Feb 2014 – 28 Feb 2014: Revenue 10.10');
    await page.keyboard.press('Enter');
    await chart('Revenue by day').waitFor();
    expect(page.url()).toContain('from=2014-02-01&to=2014-02-28');
    expect(await seriousFindings(page)).toEqual([]);
  }, 60_000);

  test.each([
    ['/api/kpis/orders?from=2025-02-30', 'expected a day'],
    ['/api/kpis/orders?from=2025-03-02&to=2025-03-01', 'no later than'],
    ['/api/kpis/categories.csv?period=forever', 'period'],
    ["/api/kpis/days/2025-03-01'--/changes", 'expected a day'],
  ])('refuses %s, saying what was expected', async (address, expected) => {
    const answer = await inBrowser.ask(address);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(expected);
  });
});
