import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Page } from 'playwright-core';
import { LOCAL_REGION } from '../../domain/names';
import { csv, ORDERS, PRODUCTS } from '../e2e/local-pipeline';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser } from './console-page';

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

  /** What the schedule does. */
  const tick = () => lambda.send(new InvokeCommand({ FunctionName: 'Pipeline-Orchestrator' }));
  const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });
  const badge = (page: Page, name: string, outcome: string) =>
    rowOf(page, name).locator('.badge', { hasText: outcome }).first().waitFor();
  const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

  /** As someone drags files onto the page. */
  async function drop(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      for (const [name, text] of Object.entries(${JSON.stringify(files)}))
        transfer.items.add(new File([text], name));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  }

  async function kpiOrders(): Promise<string | undefined> {
    return (await inBrowser.pipeline.orderKpis())[0]?.total_orders;
  }

  test('files dropped and chosen are seen to wait and to be archived without reloading; a bad row mended in place changes the KPIs', async () => {
    const page = await inBrowser.open('/files');
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
    await page.getByText('3 uploaded').waitFor();
    await page.getByText('the header decides which kind it is').waitFor();
    await badge(page, 'orders_drop.csv', 'waiting');
    await badge(page, 'spring/2025/spring.csv', 'waiting');
    await tick();
    await badge(page, 'orders_drop.csv', 'archived');
    await badge(page, 'spring/2025/products.csv', 'archived');
    expect(await page.getByRole('link', { name: /^Archived/ }).innerText()).toBe('Archived 3');
    expect(await kpiOrders()).toBe('9');

    await rowOf(page, 'orders_drop.csv').click();
    const wrong = page.locator('.cell-bad');
    await wrong.first().waitFor();
    expect(await wrong.allInnerTexts()).toEqual([
      expect.stringContaining('six'),
      expect.stringContaining('<b>7</b>'),
    ]);
    await page.getByText('expected a whole number, got "six"').waitFor();
    await page.getByRole('button', { name: 'Mend line 7' }).click();
    await page.getByLabel('order_id of line 7').fill('6');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('button', { name: 'Upload 1 mended row' }).click();
    await page.getByText('1 bad row stays out').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 mended row' }).click();
    await page.getByRole('link', { name: /^orders_drop\.mended-\d{8}T\d{6}Z\.csv$/ }).click();
    await page.getByText('In input/, its message in the queue').waitFor();
    await tick();
    await page.getByText('Its rows are in.').waitFor();
    expect(await kpiOrders()).toBe('10');
    expect(inBrowser.complaints).toEqual([]);
  });
});
