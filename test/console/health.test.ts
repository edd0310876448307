import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { RECONCILED_FILES } from '../../domain/object-keys';
import { daybook } from '../cli/run-daybook';
import { csv, ORDERS } from '../e2e/local-pipeline';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = 'input/<script>alert(1)</script>.csv';

describeInBrowser('the health of a pipeline', () => {
  let inBrowser: ConsoleInBrowser;
  beforeAll(async () => {
    // Nobody looks at the queue, so that what waits stays.
    inBrowser = await ConsoleInBrowser.start({ every: 0 });
  }, 60_000);
  afterAll(() => inBrowser?.stop(), 60_000);

  test('tells in words what is well, and while it is looked at what is not any more, with what to do', async () => {
    const { pipeline } = inBrowser;
    const page = await inBrowser.open('/health');
    const part = (name: string) => page.getByRole('region', { name });
    await page.getByText('All is well').waitFor();
    await part('Queue').getByText('Nothing waits').waitFor();
    await part('Last execution').getByText('None yet').waitFor();
    await part('Clock').getByText('Off').waitFor();
    await part('Maintenance').getByText('Not yet').waitFor();
    await part('Lost messages').getByText('Nothing was ever lost').waitFor();
    expect(await part('Alarms').innerText()).toContain('No CloudWatch locally');

    await pipeline.put('input/orders.csv', csv(ORDERS));
    await pipeline.deployment.sqs.send(
      new SendMessageCommand({ QueueUrl: pipeline.ready.deadLetterQueueUrl, MessageBody: 'no event' }),
    );
    const finding = { at: new Date().toISOString(), files: 1, keys: [HOSTILE] };
    await pipeline.objects.put(RECONCILED_FILES, JSON.stringify(finding));
    await daybook(['maintain'], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

    await part('Queue').getByText('Files wait').waitFor();
    expect(await part('Queue').innerText()).toMatch(/Waiting\s+1\s/);
    await part('Dead letters').getByText('Files wait for a person').waitFor();
    await part('Maintenance').getByText('Done').waitFor();
    await part('Maintenance').getByText('orders: nothing to do').waitFor();
    await part('Lost messages').getByText(HOSTILE).waitFor();
    await part('Alarms').getByText('1 alarm is on').waitFor();
    await page.getByText('Needs somebody: dead letters, alarms').waitFor();

    await part('Dead letters').getByText('What to do: docs/runbook.md, “Dead letters”').click();
    await part('Dead letters').getByText('npx daybook redrive --dry-run').waitFor();
    expect(await page.locator('main script').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);

    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await scrollsSideways(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    expect(inBrowser.complaints).toEqual([]);
  });

  test('an execution that did not end well is told with its cause, and leads to it', async () => {
    const { deployment, ready } = inBrowser.pipeline;
    const { sfn, sqs, stateMachineArn } = deployment;
    // The orchestrator is called at its end: a file that waits would begin another, which were then the last.
    await sqs.send(new PurgeQueueCommand({ QueueUrl: ready.queueUrl }));
    const started = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input: '{"execution_id":"by-hand"}' }),
    );
    await sfn.send(new StopExecutionCommand({ executionArn: started.executionArn, cause: HOSTILE }));
    const page = await inBrowser.open('/health');
    const last = page.getByRole('region', { name: 'Last execution' });
    await last.getByText('! Stopped').waitFor();
    const link = last.getByRole('link', { name: 'by-hand' });
    expect(await link.getAttribute('href')).toBe('/executions/by-hand');
    expect(await last.innerText()).toContain(`Cause\n${HOSTILE}`);
  });

  test('only sections of the runbook are read', async () => {
    const statuses = await Promise.all(
      ['files-wait', 'nothing', '..%2F..%2Fpackage.json', 'FILES'].map(
        async (section) => (await inBrowser.ask(`/api/health/runbook/${section}`)).status,
      ),
    );
    expect(statuses).toEqual([200, 404, 400, 400]);
  });
});
