import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Page } from 'playwright-core';
import { csv, ORDERS } from '../builders/csv';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = '<script>alert(1)</script>.csv';
const order = (id: number) => `${id},1,sold,2025-03-01T10:00:00Z,,,,1`;

describeInBrowser('the executions', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ every: 0, faults: true });
    page = await inBrowser.open('/executions');
    page.on('dialog', (dialog) => inBrowser.complaints.push(`a dialog: ${dialog.message()}`));
  });
  afterAll(() => inBrowser?.stop());

  /** A state's box in the graph, once it has this status. */
  const state = (name: string, status: string) =>
    page.locator(`[data-state="${name}"][data-status="${status}"]`);
  const way = (from: string, to: string) => page.locator(`[data-way="${from} → ${to}"].way-next-taken`);
  const part = (name: string) => page.getByRole('region', { name, exact: true });
  const status = (word: string) => part('Outcome').locator('.badge').getByText(word);
  const orchestrate = () => page.getByRole('button', { name: 'Run orchestrator' }).click();
  const openStarted = async () => {
    await page
      .getByText(/^Started/)
      .getByRole('link')
      .click();
    await page.getByRole('heading', { level: 1, name: /^\d{8}T\d{6}Z-/ }).waitFor();
  };

  test('one that is started by hand is seen to go from state to state, to its end', async () => {
    await page.getByText('No executions yet').waitFor();
    await inBrowser.pipeline.put(`input/${HOSTILE}`, 'a,b\n1,2\n');
    await inBrowser.pipeline.put('input/orders.csv', csv(ORDERS, order(1), order(2)));
    // Long enough to be seen, on a slow machine too.
    const effect = { do: 'delay', ms: 5000 } as const;
    await inBrowser.pipeline.arm({ service: 's3', operation: 'PutObject', caller: '*validate*', effect });
    await orchestrate();
    await openStarted();
    await state('ValidateFiles', 'running').waitFor();
    await status('running').waitFor();
    await state('NotifySuccess', 'succeeded').waitFor({ timeout: 30_000 });
    await status('succeeded').waitFor();

    expect(await state('HandleInvalidFiles', 'succeeded').innerText()).toContain('1 of 1 item');
    expect(await state('ReleaseBatch', 'none').innerText()).toContain('not entered');
    expect(await way('StageFiles', 'TransformKpis').count()).toBe(1);
    expect(await way('ReleaseBatch', 'NotifyFailure').count()).toBe(0);
    expect(await part('Outcome').innerText()).toMatch(/Files\s+2\s+Rows\s+2/);
  });

  test('a step shows its input, output, engine and log; an event its details', async () => {
    await state('StageFiles', 'succeeded').press('Enter');
    const panel = part('StageFiles');
    await panel.getByRole('region', { name: 'Input' }).getByText('"valid_count": 1').waitFor();
    await panel.getByRole('region', { name: 'Output' }).getByText('"valid_count": 1').waitFor();
    await panel.getByRole('heading', { name: 'Attempts: RunOnLambda' }).waitFor();
    await panel.getByLabel('Log lines').getByText('INFO').first().waitFor();
    expect(page.url()).toContain('state=StageFiles');

    const event = part('Events').getByRole('row').filter({ hasText: 'ExecutionStarted' });
    await event.press('Enter');
    await part('Event 1').getByRole('region', { name: 'input' }).getByText('"messages": 2').waitFor();
  });

  test('a file with a hostile name is shown by its name, with what became of it', async () => {
    const file = part('Files').getByRole('row').filter({ hasText: HOSTILE });
    await file.getByText('rejected').waitFor();
    expect(await file.getByRole('link').getAttribute('href')).toBe(
      `/files?key=${encodeURIComponent(`input/${HOSTILE}`)}`,
    );
  });

  test('the list tells files, rows and cost, and is filtered by status and name', async () => {
    await page.getByRole('link', { name: 'All executions' }).click();
    const rows = page.getByRole('table', { name: 'Executions' }).getByRole('row');
    await rows.filter({ hasText: /succeeded[\s\S]*2[\s\S]*2[\s\S]*\$0\.0/ }).waitFor();
    await page.getByLabel('Status').selectOption('FAILED');
    await page.getByText('No matching executions').waitFor();
    await page.getByLabel('Status').selectOption('SUCCEEDED');
    await page.getByLabel('Name').fill('z-');
    await rows.nth(1).waitFor();
    await page.waitForURL(/\/executions\/?\?status=SUCCEEDED&text=z-$/);
    await page.getByLabel('Name').fill('');
    await page.getByLabel('Status').selectOption('');
  });

  test('one that runs is stopped, with a reason, once that is confirmed', async () => {
    const { pipeline } = inBrowser;
    await pipeline.arm({
      service: 's3',
      operation: 'PutObject',
      caller: '*stage*',
      effect: { do: 'delay', ms: 15_000 },
    });
    await pipeline.put('input/orders_2.csv', csv(ORDERS, order(3)));
    await orchestrate();
    await openStarted();
    await state('StageFiles', 'running').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop this execution?' });
    await dialog.getByText('return to the queue at once').waitFor();
    await dialog.getByLabel('Reason').fill('<b>too early</b>');
    await dialog.getByRole('button', { name: 'Stop' }).click();
    await status('stopped').waitFor();
    await part('Outcome').getByText('<b>too early</b>').waitFor();
    await state('StageFiles', 'stopped').waitFor();
  });

  test('one that fails shows its retries and where its error was caught', async () => {
    // Nobody wrote a manifest for it.
    const { sfn, stateMachineArn } = inBrowser.pipeline.deployment;
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input: '{"bytes":1}' }));
    await page.getByRole('link', { name: 'All executions' }).click();
    await page.getByRole('link', { name: 'by-hand' }).click();
    await state('PipelineFailed', 'failed').waitFor({ timeout: 30_000 });
    await state('ValidateFiles', 'caught').press('Enter');
    expect(await page.locator('[data-way="ValidateFiles → ReleaseBatch"].way-caught-taken').count()).toBe(1);
    const attempts = part('ValidateFiles')
      .getByRole('region', { name: 'Attempts' })
      .getByText(/batch\.json/);
    await attempts.nth(2).waitFor();
    await part('Files').getByText('No files are known').waitFor();
  });

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    'in %s at %d pixels axe finds nothing serious, and nothing is cut off',
    async (colorScheme, width) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.locator(`[data-theme="${colorScheme}"]`).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
    },
  );

  test.each([
    [
      'a name that would be another ARN',
      '/api/executions/x%3Ay',
      {},
      400,
      'expected the name of an execution',
    ],
    ['a page of more than the service gives', '/api/executions?limit=5000', {}, 400, '<=1000'],
    [
      'a stop without a reason',
      '/api/executions/by-hand/stop',
      { method: 'POST', body: '{}' },
      400,
      'reason',
    ],
    ['an execution that is not there', '/api/executions/gone', {}, 409, 'there is no execution'],
    [
      'the log of no state',
      '/api/executions/by-hand/logs?state=__proto__&from=2025-01-01T00:00:00Z',
      {},
      409,
      'did not enter',
    ],
  ])('%s is refused, and told why', async (_, path, init, expected, reason) => {
    const answer = await inBrowser.ask(path, init);
    expect(answer.status).toBe(expected);
    expect(await answer.text()).toContain(reason);
  });

  test('nothing was complained of', () => {
    expect(inBrowser.complaints).toEqual([]);
  });
});
