import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import type { KeyUploads } from '../../console/api/files';
import { LOCAL_REGION } from '../../domain/names';
import { listExecutions } from '../../operations/executions/executions';
import { readQueueDepth } from '../../operations/queue';
import { csv, ORDERS, PRODUCTS } from '../builders/csv';
import { until } from '../e2e/local-pipeline';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

/** A pipeline that others' tests slow down takes a while to bring files in. */
const PATIENCE_MS = 40_000;

const order = (id: number | string) => `${id},7,delivered,2025-03-08T10:00:00,,,,1`;

describeInBrowser('the files', () => {
  let inBrowser: ConsoleInBrowser;
  let lambda: LambdaClient;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ every: 0 });
    lambda = new LambdaClient({
      endpoint: inBrowser.pipeline.ready.endpoint,
      region: LOCAL_REGION,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    });
  });
  afterAll(async () => {
    lambda?.destroy();
    await inBrowser?.stop();
  });

  /** What the schedule does; nothing where the end of an execution has called the orchestrator already. */
  const tick = () =>
    lambda
      .send(new InvokeCommand({ FunctionName: 'Pipeline-Orchestrator' }))
      .catch((error: Error) => error.name === 'TooManyRequestsException' || Promise.reject(error));
  /** The page is told nothing of it: it has to see for itself. */
  const processAll = async () => {
    await tick();
    await inBrowser.pipeline.untilQuiet();
  };
  const pages: Page[] = [];
  const open: ConsoleInBrowser['open'] = async (path, options) => {
    const page = await inBrowser.open(path, options);
    page.setDefaultTimeout(PATIENCE_MS);
    pages.push(page);
    return page;
  };
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
  const badge = (page: Page, name: string, outcome: string) =>
    rowOf(page, name).locator('.badge', { hasText: outcome }).first().waitFor();
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

  /** As someone drags files onto the page. */
  async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
    await page.getByText('Drop CSV files or folders').waitFor();
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const [name, text] of Object.entries(${JSON.stringify(files)}))
        transfer.items.add(new File([text], name));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  }

  const ask = (path: string, init?: RequestInit) => inBrowser.ask(`/api/files${path}`, init);
  const json = async <Answer>(path: string) => (await (await ask(path)).json()) as Answer;

  async function kpiOrders(): Promise<string | undefined> {
    return (await inBrowser.pipeline.orderKpis())[0]?.total_orders;
  }

  test('files dropped and chosen are seen to wait and to be archived without reloading; a bad row fixed in place changes the KPIs', async () => {
    const page = await open('/files');
    await page.getByText('No files yet').waitFor();
    await drop(page, {
      'orders_drop.csv': csv(
        ORDERS,
        ...[1, 2, 3, 4, 5].map(order),
        order('six'),
        order('<b>7</b>'),
        ...[8, 9, 10].map(order),
      ),
    });
    await page.getByLabel('into input/').fill('spring/2025');
    await page
      .getByLabel('Files to upload')
      .setInputFiles([
        file('products.csv', csv(PRODUCTS, '1,S,2.5,Toys,Ball,B,5.00,Kids')),
        file('spring.csv', csv(ORDERS, order(11))),
      ]);
    // Two of its rows would be rejected.
    await page.getByText('1 needs confirmation, 2 uploaded').waitFor();
    await page.getByText('orders: 8 rows, 2 would be rejected').waitFor();
    await page.getByRole('table', { name: 'First rows of orders as typed' }).first().waitFor();
    await page.getByRole('cell', { name: 'expected a whole number' }).first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Upload anyway' }).click();
    await page.getByText('3 uploaded').waitFor();
    await page.getByText('The name is not like any of').waitFor();
    await badge(page, 'orders_drop.csv', 'waiting');
    await badge(page, 'spring/2025/spring.csv', 'waiting');
    await processAll();
    await badge(page, 'orders_drop.csv', 'archived');
    await badge(page, 'spring/2025/products.csv', 'archived');
    await page.getByRole('link', { name: 'Archived 3' }).waitFor();
    expect(await kpiOrders()).toBe('9');
    expect(await seriousFindings(page)).toEqual([]);

    await rowOf(page, 'orders_drop.csv').click();
    const wrong = page.locator('.cell-bad');
    await wrong.first().waitFor();
    expect(await wrong.allInnerTexts()).toEqual([
      expect.stringContaining('six'),
      expect.stringContaining('<b>7</b>'),
    ]);
    for (const look of [page, await open(page.url(), { width: 390, dark: true })]) {
      await look.locator('bdi', { hasText: 'expected a whole number, got "six"' }).waitFor();
      expect(await seriousFindings(look)).toEqual([]);
      expect(await scrollsSideways(look)).toBe(false);
    }
    await page.getByRole('button', { name: 'Fix line 7' }).click();
    await page.getByText('whole number, required').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('order_id of line 7').fill('6');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Upload 1 fixed row' }).click();
    await page.getByText('1 bad row is not loaded').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 fixed row' }).click();
    await page.getByRole('link', { name: /^orders_drop\.fixed-\d{8}T\d{6}Z\.csv$/ }).click();
    await page.getByText('In input/, queued for its first try').waitFor();
    await processAll();
    await page.getByText('Processed: its rows are loaded.').waitFor();
    expect(await kpiOrders()).toBe('10');
    expect(inBrowser.complaints).toEqual([]);
  }, 120_000);

  test('a rejected file tells why, and its fixed version goes in its place; names that are no names are only text', async () => {
    const hostile = [
      'orders<script>alert(1)<script>.csv',
      'orders%2e%2e%2fx.csv',
      'orders \u202e\u2066 vsc.csv',
      'orders 🙂 é.csv',
      `orders ${'long'.repeat(220)}.csv`,
      'orders"\'&;--.csv',
    ];
    const page = await open('/files');
    page.on('dialog', () => inBrowser.complaints.push('a dialog'));
    await drop(page, {
      ...Object.fromEntries(hostile.map((name, at) => [name, csv(ORDERS, order(20 + at))])),
      '../orders_up.csv': csv(ORDERS, order(99)),
      'orders\u0001.csv': csv(ORDERS, order(99)),
      [`orders ${'x'.repeat(1100)}.csv`]: csv(ORDERS, order(99)),
      'orders_short.csv': 'order_id,user_id\n1,2\n',
      'orders.xlsx': 'not a workbook',
    });
    await page.getByText('2 needs confirmation, 3 not uploaded, 6 uploaded').waitFor();
    await page.getByText('orders: would be rejected').waitFor();
    await page
      .getByRole('list', { name: 'Uploads' })
      .getByRole('listitem')
      .filter({ hasText: 'orders_short.csv' })
      .getByRole('button', { name: 'Upload anyway' })
      .click();
    await page.getByText('1 needs confirmation, 3 not uploaded, 7 uploaded').waitFor();
    for (const why of [
      'a file or folder cannot be named',
      'has control characters',
      'expected at most 1024',
    ]) {
      await page.getByText(why).waitFor();
    }
    await page.getByText('It will be rejected: the file\'s extension is ".xlsx"').waitFor();
    expect((await inBrowser.pipeline.keys('input/')).toSorted()).toEqual(
      [...hostile, 'orders_short.csv'].map((name) => `input/${name}`).toSorted(),
    );
    await processAll();
    await badge(page, hostile[0] ?? '', 'archived');
    await badge(page, 'orders U+202EU+2066 vsc.csv', 'archived');

    await page.getByRole('link', { name: /^Rejected/ }).click();
    await rowOf(page, 'orders_short.csv').last().click();
    await page.getByText('the header lacks 1 column of orders').first().waitFor();
    const fixed = page.getByLabel('Fixed file', { exact: true });
    await fixed.setInputFiles(file('any name.csv', csv(ORDERS, order(30))));
    await page.getByText('8 uploaded').waitFor();
    // A file that waits is replaced only on demand.
    await fixed.setInputFiles(file('any name.csv', csv(ORDERS, order(31))));
    await page.getByText('is waiting under this').waitFor();
    const unasked = await ask('/content?key=input/orders_short.csv', { method: 'PUT', body: 'x' });
    expect(unasked.status).toBe(409);
    await page.getByRole('button', { name: 'Replace' }).click();
    await page.getByText('9 uploaded').waitFor();
    await page
      .getByRole('list', { name: 'Uploads' })
      .getByRole('link', { name: 'orders_short.csv' })
      .first()
      .click();
    await page.getByText('In input/, queued for its first try').waitFor();
    await processAll();
    await page.getByText('Processed: its rows are loaded.').waitFor();
    const uploads = page.getByRole('table', { name: 'Uploads of this key' });
    await uploads.getByText('replaced').waitFor();
    expect(await uploads.getByRole('row').count()).toBe(4);
    expect(inBrowser.complaints).toEqual([]);
  }, 120_000);

  test('a dead letter is moved back to the queue, and an archived file replayed', async () => {
    const { deployment } = inBrowser.pipeline;
    const { sqs, sfn } = deployment;
    const QueueUrl = inBrowser.pipeline.ready.queueUrl;
    // Four tries, as executions that fail would have them; the fifth is stopped.
    const receive = { QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 2 };
    for (let tries = 0, id = 40; tries < 4; id += 1) {
      await processAll();
      await inBrowser.pipeline.put('input/orders_dead.csv', csv(ORDERS, order(id)));
      // The end of the execution before calls the orchestrator, which may be the one to receive it: then once more.
      for (tries = 0; tries < 4; tries += 1) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
        if (Messages.length === 0) break;
      }
    }
    await tick();
    await until(async () => {
      const [latest] = await listExecutions(deployment, 1);
      if (latest?.status !== 'RUNNING') return false;
      await sfn.send(new StopExecutionCommand({ executionArn: latest.executionArn, cause: 'by hand' }));
      return true;
    }, PATIENCE_MS);
    await until(async () => {
      await tick();
      return (await readQueueDepth(deployment)).dead_letters === 1;
    }, PATIENCE_MS);

    const page = await open('/files?status=dead_letter');
    await badge(page, 'orders_dead.csv', 'dead letter');
    await page.getByRole('button', { name: 'Move back to the queue' }).click();
    await page.getByText('There is about 1.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Move back to the queue' }).click();
    await page.getByText('1 of 1 moved back').waitFor();
    await processAll();
    await page.getByRole('link', { name: /^Archived/ }).click();
    await badge(page, 'orders_dead.csv', 'archived');

    await rowOf(page, 'orders_dead.csv').last().click();
    await page.getByRole('button', { name: 'Replay this upload' }).click();
    await page.getByText('One file is copied back').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay this upload' }).click();
    await page.getByText('1 of 1 copied back').waitFor();
    await processAll();
    const uploads = page.getByRole('table', { name: 'Uploads of this key' });
    await uploads.getByRole('row').nth(2).waitFor();
    await page.getByText('An earlier upload is shown below').waitFor();
    await page.getByText('1 of 1 copied back').waitFor();
    const told = await json<KeyUploads>('/uploads?key=input/orders_dead.csv');
    const [replayed, ...earlier] = told.uploads;
    // A file whose rows are certainly in the tables is not read again.
    expect(['archived', 'duplicate']).toContain(replayed?.outcome);
    if (replayed?.outcome === 'archived') {
      expect(earlier.map(({ uploaded_at }) => uploaded_at)).toContain(replayed.replay_of);
    }
    expect(inBrowser.complaints).toEqual([]);
  }, 120_000);
});
