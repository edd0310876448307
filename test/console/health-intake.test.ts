import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Page } from 'playwright-core';
import { queueUrlOf } from '../../operations/queue';
import { connectWarehouse } from '../../serving/warehouse/connection';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the health of the event intake and of the warehouse', () => {
  let inBrowser: ConsoleInBrowser;
  let page: Page;
  beforeAll(async () => {
    inBrowser = await ConsoleInBrowser.start({ warehouse: true });
  }, 120_000);
  afterAll(() => inBrowser?.stop(), 60_000);
  afterEach(() => expect(inBrowser.complaints).toEqual([]));

  const part = (name: string) => page.getByRole('region', { name, exact: true });

  test('an entry point shows its rate, and each day adds up with the reasons of rejected events', async () => {
    const { eventsUrl = '', eventsKey = '' } = inBrowser.pipeline.ready;
    page = await inBrowser.open('/health');
    await part('Event intake').getByText('No events yet').waitFor();
    await part('Events received').getByText('No events in three days').waitFor();
    const event = { event_name: 'page_view', client_id: 'c1' };
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify([
        ...Array.from({ length: 57 }, (_, at) => ({ ...event, event_id: `e${at}` })),
        { ...event, event_id: 'e1' },
        { ...event, event_id: 'b1', user_agent: 'Googlebot/2.1' },
        { ...event, value: HOSTILE },
        { ...event, value: 'a lot' },
      ]),
    });
    expect(answer.status).toBe(202);
    await part('Event intake').getByText('Receiving').waitFor();
    await part('Event intake').getByText('1 per minute, 61 in the last hour').waitFor();
    const rows = part('Events received').getByRole('table').locator('tbody tr');
    await rows.first().waitFor();
    const cells = await rows.first().locator('td').allInnerTexts();
    expect(cells.slice(1)).toEqual(['HTTP', '61', '57', '1', '1', '2']);
    expect(await part('Events received').innerText()).toMatch(/2 × value expected an amount/);
    await part('Events received').getByText('Adds up').waitFor();
    expect(await part('Events received').innerText()).not.toContain('onerror');
  }, 120_000);

  test('dead letters of events are redriven from the page; those that are no events stay', async () => {
    const { deployment } = inBrowser.pipeline;
    const QueueUrl = await queueUrlOf(deployment, deployment.names.eventDeadLetterQueue);
    const bytes = { reason: HOSTILE, source: 'sqs', position: 'm1', bytes: 1, base64: '/w==' };
    for (const MessageBody of ['{"event_name":"page_view","event_id":"d1"}', JSON.stringify(bytes)])
      await deployment.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await part('Event intake').getByText('Dead letters').first().waitFor();
    await page.getByText(/Action required: event intake, alarms/).waitFor();
    await part('Event intake').getByRole('button', { name: 'Redrive events' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Redrive events' }).click();
    await part('Event intake').getByText('1 of 2 redriven; 1 kept: no text').waitFor();
    await part('Event intake').getByText('0 per minute, 1 in the last hour').waitFor();
  }, 120_000);

  test('the warehouse shows what is loaded, and differences from the lake', async () => {
    const warehouse = part('Warehouse');
    await warehouse.getByText('Up to date').waitFor();
    // The event that was redriven comes with an execution of its own.
    await warehouse.getByText(/fact_events 59/).waitFor();
    await warehouse.getByRole('button', { name: 'Verify' }).click();
    await warehouse.getByText('Equals the lake').waitFor();
    const direct = await connectWarehouse(inBrowser.pipeline.ready.warehouse ?? '');
    try {
      await direct.query("delete from fact_events where event_id = 'e3'");
    } finally {
      await direct.end();
    }
    await warehouse.getByRole('button', { name: 'Verify' }).click();
    await warehouse.getByText('1 different rows: fact_events 1').waitFor();
  }, 120_000);

  test.each([
    ['light', 1280, false],
    ['dark', 390, true],
  ])('in %s at %d pixels axe finds nothing serious, and nothing is cut off', async (_, width, dark) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    expect(await seriousFindings(page)).toEqual([]);
    expect(await scrollsSideways(page)).toBe(false);
  });
});
