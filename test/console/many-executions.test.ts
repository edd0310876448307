import path from 'node:path';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Browser, Page } from 'playwright-core';
import { type ConsoleServer, startConsole } from '../../console/server/server';
import { fakeDeployment, MACHINE_ARN } from '../builders/fake-deployment';
import { until } from '../e2e/local-pipeline';
import { describeInBrowser } from './chromium';
import { launchChromium } from './launch';

const COUNT = 10_000;

/** Executions five minutes apart, newest first, every hundredth of which failed. */
const EXECUTIONS = Array.from({ length: COUNT }, (_, n) => ({
  name: `e${String(COUNT - n).padStart(5, '0')}`,
  executionArn: `${MACHINE_ARN}:e`,
  stateMachineArn: MACHINE_ARN,
  status: n % 100 === 99 ? ('FAILED' as const) : ('SUCCEEDED' as const),
  startDate: new Date(Date.UTC(2025, 5, 1) - n * 300_000),
  stopDate: new Date(Date.UTC(2025, 5, 1) - n * 300_000 + 20_000),
}));

describeInBrowser(`a list of ${COUNT} executions`, () => {
  let pages = 0;
  let described: string[] = [];
  async function answer(command: { input: object }): Promise<object> {
    if (command instanceof DescribeExecutionCommand) {
      const name = command.input.executionArn?.split(':').at(-1) ?? '';
      described.push(name);
      const { status, startDate, stopDate } = EXECUTIONS[COUNT - Number(name.slice(1))] ?? {};
      const input = JSON.stringify({ files: Number(name.slice(1)) });
      return { name, status, startDate, stopDate, input };
    }
    if (!(command instanceof ListExecutionsCommand)) throw new Error('not asked for here');
    const { maxResults = 0, nextToken = '0', statusFilter } = command.input;
    if (maxResults > 50) pages++;
    const all = EXECUTIONS.filter(({ status }) => !statusFilter || status === statusFilter);
    const end = Number(nextToken) + maxResults;
    return {
      executions: all.slice(Number(nextToken), end),
      ...(end < all.length && { nextToken: String(end) }),
    };
  }
  let server: ConsoleServer;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const deployment = fakeDeployment(answer);
    const assetsDirectory = path.join(__dirname, '../../dist/console');
    [server, browser] = await Promise.all([
      startConsole({ deployment, port: 0, assetsDirectory }),
      launchChromium(),
    ]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Executions' }).click();
    await row('e10000').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const rowsDrawn = () => page.locator('tbody tr').count();

  test('only what is in view is drawn, and described', async () => {
    await row('e10000').getByText('10,000').waitFor();
    expect(await rowsDrawn()).toBeLessThan(40);
    expect(pages).toBe(1);
    expect(described.length).toBeLessThan(40);
  });

  test('pages come as one scrolls, to the last execution, and only what was in view is described', async () => {
    described = [];
    await until(async () => {
      await page.evaluate("document.querySelector('.table').scrollTop = 1e9");
      return row('e00001').isVisible();
    }, 30_000);
    await page.getByText('10,000 executions; no more.').waitFor();
    await row('e00001').locator('td').nth(4).getByText('1', { exact: true }).waitFor();
    expect(pages).toBe(COUNT / 500);
    expect(described.length).toBeLessThan(COUNT / 4);
    expect(await rowsDrawn()).toBeLessThan(40);
  });

  test('a name is looked for in all of them, a status by the service', async () => {
    await page.goto(new URL('/executions?text=e00007', server.url).href);
    await page.getByText('1 execution, of 10,000 searched').waitFor();
    await page.getByLabel('Name').fill('');
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('100 executions; no more.').waitFor();
    await page.getByLabel('From').fill('2025-05-30');
    await page.getByText('5 executions, of 100 searched').waitFor();
  });
});
