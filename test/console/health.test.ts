import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { RECONCILED_FILES } from '../../domain/object-keys';
import { csv, ORDERS } from '../builders/csv';
import { daybook } from '../cli/run-daybook';
import { describeInBrowser } from './chromium';
import { ConsoleInBrowser, scrollsSideways, seriousFindings } from './console-page';

const HOSTILE = 'input/<script>alert(1)</script>.csv';

describeInBrowser('the health of a pipeline', () => {
  let inBrowser: ConsoleInBrowser;
  beforeAll(async () => {
    // No schedule, so that waiting files stay.
    inBrowser = await ConsoleInBrowser.start({ every: 0 });
  }, 60_000);
  afterAll(() => inBrowser?.stop(), 60_000);

  test('shows the state of each part, updates it, and says what to do', async () => {
    const { pipeline } = inBrowser;
    const page = await inBrowser.open('/health');
    const part = (name: string) => page.getByRole('region', { name });
    await page.getByText('Healthy').waitFor();
    await part('Queue').getByText('Empty').waitFor();
    await part('Last execution').getByText('None yet').waitFor();
    await part('Schedule').getByText('Off').waitFor();
    await part('Maintenance').getByText('Not yet').waitFor();
    await part('Lost messages').getByText('None').waitFor();
    expect(await part('Alarms').innerText()).toContain('Without CloudWatch');

    await pipeline.put('input/orders.csv', csv(ORDERS));
    await pipeline.deployment.sqs.send(
      new SendMessageCommand({ QueueUrl: pipeline.ready.deadLetterQueueUrl, MessageBody: 'no event' }),
    );
    const finding = { at: new Date().toISOString(), files: 1, keys: [HOSTILE] };
    await pipeline.objects.put(RECONCILED_FILES, JSON.stringify(finding));
    await daybook(['maintain'], { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

    await part('Queue').getByText('Files waiting').waitFor();
    expect(await part('Queue').innerText()).toMatch(/Waiting\s+1\s/);
    await part('Dead letters').getByText('Action required').waitFor();
    await part('Maintenance').getByText('Done').waitFor();
    await part('Maintenance').getByText('orders: nothing to do').waitFor();
    await part('Lost messages').getByText(HOSTILE).waitFor();
    await part('Alarms').getByText('1 active alarm').waitFor();
    await page.getByText('Action required: dead letters, alarms').waitFor();

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

  test('a failed execution is shown with its cause and a link', async () => {
    const { deployment, ready } = inBrowser.pipeline;
    const { sfn, sqs, stateMachineArn } = deployment;
    // The orchestrator runs after it: a waiting file would start another execution, which would then be the last.
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
