import { remove } from 'local-aws/testing';
import { changedTemplate, setSmallBatchBytes } from '../builders/changed-template';
import { csv, ORDER_ITEMS, ORDERS } from '../builders/csv';
import { PipelineRun } from './pipeline-run';
import { PseudonymizingTemplate } from './pseudonymizing-template';

interface Resource {
  Type: string;
  Properties: { PolicyDocument?: { Statement: { Action: string | string[] }[] } };
}

let pseudonymizing: PseudonymizingTemplate;
beforeAll(async () => {
  pseudonymizing = await PseudonymizingTemplate.make();
}, 60_000);
const directories: string[] = [];
afterAll(async () => {
  directories.forEach(remove);
  await pseudonymizing.remove();
});

/** The template with pseudonyms, with an action taken out of the policy whose logical id begins so. */
function templateWithout(action: string, policy: string, smallBatchBytes?: number): string {
  let taken = 0;
  const directory = changedTemplate(
    (resources) => {
      if (smallBatchBytes !== undefined) setSmallBatchBytes(resources, smallBatchBytes);
      for (const [logicalId, { Properties }] of Object.entries<Resource>(resources)) {
        const document = Properties?.PolicyDocument;
        if (!document || !logicalId.startsWith(policy)) continue;
        document.Statement = document.Statement.flatMap((statement) => {
          const actions = [statement.Action].flat();
          const left = actions.filter((one) => one !== action);
          taken += actions.length - left.length;
          return left.length > 0 ? [{ ...statement, Action: left }] : [];
        });
      }
    },
    undefined,
    pseudonymizing.directory,
  );
  directories.push(directory);
  if (taken === 0) throw new Error(`no policy ${policy}... allows ${action}`);
  return directory;
}

const refused = (role: string, action: string) =>
  new RegExp(
    `assumed-role/Daybook-${role}\\w+/\\S+ is not authorized to perform: ${action} on resource: \\S+ because`,
  );

test.each([
  ['sqs:SendMessage', 'IntakeQueuePolicy', 'Unable to validate the following destination configurations'],
  ['events:PutRule', 'WorkflowRoleDefaultPolicy', refused('WorkflowRole', 'events:PutRule')],
  ['events:PutRule', 'RunTaskRoleDefaultPolicy', refused('RunTaskRole', 'events:PutRule')],
  ['logs:CreateLogDelivery', 'WorkflowRoleDefaultPolicy', refused('WorkflowRole', 'logs:CreateLogDelivery')],
])('without %s in %s there is no deployment', async (action, policy, message) => {
  await expect(PipelineRun.start(templateWithout(action, policy))).rejects.toThrow(message);
});

test.each([
  ['lambda:InvokeFunction', 'TriggersScheduleRole', refused('TriggersScheduleRole', 'lambda:InvokeFunction')],
  ['sqs:ReceiveMessage', 'Functionsorchestrate', refused('Functionsorchestrate', 'sqs:receivemessage')],
])('without %s in %s the clock finds nobody at work', async (action, policy, message) => {
  const run = await PipelineRun.start(templateWithout(action, policy));
  try {
    await expect(run.begin()).rejects.toThrow(message);
  } finally {
    await run.stop();
  }
});

test.concurrent.each([
  [
    'dynamodb:BatchWriteItem',
    'SmallBatchestransformrole',
    refused('SmallBatchestransformrole', 'dynamodb:BatchWriteItem'),
  ],
  [
    'secretsmanager:GetSecretValue',
    'SmallBatchesvalidaterole',
    refused('SmallBatchesvalidaterole', 'secretsmanager:GetSecretValue'),
  ],
  ['states:StartExecution', 'WorkflowRoleDefaultPolicy', refused('WorkflowRole', 'states:StartExecution')],
  [
    'states:DescribeExecution',
    'WorkflowRoleDefaultPolicy',
    refused('WorkflowRole', 'states:DescribeExecution'),
  ],
  ['s3:GetObject', 'WorkflowRoleDefaultPolicy', refused('WorkflowRole', 's3:GetObject')],
  ['s3:DeleteObject', 'Functionsmoverole', refused('Functionsmoverole', 's3:DeleteObject')],
])(
  'without %s in %s the execution fails, and its cause says so',
  async (action, policy, message) => {
    const run = await PipelineRun.start(templateWithout(action, policy));
    try {
      await run.put('input/orders.csv', csv(ORDERS, '1,7,sold,2025-03-01T10:00:00,,,,1'));
      await run.put('input/order_items.csv', csv(ORDER_ITEMS, '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.5'));
      const { status, cause } = await run.ended(await run.begin());
      expect({ status, cause }).toEqual({ status: 'FAILED', cause: expect.stringMatching(message) });
      expect(run.lines.some((line) => line.startsWith('refused: ') && message.test(line))).toBe(true);
    } finally {
      await run.stop();
    }
  },
  60_000,
);

test.concurrent.each([
  ['ecr:BatchGetImage', 'Tasksvalidateexecution', refused('Tasksvalidateexecutionrole', 'ecr:BatchGetImage')],
])(
  'without %s in %s an execution on Fargate fails, and its cause says so',
  async (action, policy, message) => {
    const run = await PipelineRun.start(templateWithout(action, policy, 0));
    try {
      await run.put('input/orders.csv', csv(ORDERS, '1,7,sold,2025-03-01T10:00:00,,,,1'));
      await run.put('input/order_items.csv', csv(ORDER_ITEMS, '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.5'));
      const { status, cause } = await run.ended(await run.begin());
      expect({ status, cause }).toEqual({ status: 'FAILED', cause: expect.stringMatching(message) });
    } finally {
      await run.stop();
    }
  },
  60_000,
);

test.concurrent('without lambda:InvokeFunction a small batch goes on to Fargate, and the refusal is on record', async () => {
  const run = await PipelineRun.start(templateWithout('lambda:InvokeFunction', 'RunTaskRoleDefaultPolicy'));
  try {
    await run.put('input/orders.csv', csv(ORDERS));
    const execution = await run.begin();
    await run.untilRunOn(execution, 'RunOnFargate');
    await run.stopByHand(execution);
    expect(run.local.iam.refusals()).toEqual([
      expect.stringMatching(refused('RunTaskRole', 'lambda:InvokeFunction')),
    ]);
  } finally {
    await run.stop();
  }
}, 60_000);

test.concurrent('a refusal that a function gets over is on record', async () => {
  const run = await PipelineRun.start(
    templateWithout('sqs:ChangeMessageVisibility', 'Functionsorchestraterole'),
  );
  try {
    await run.put('input/orders.csv', csv(ORDERS));
    expect(await run.ended(await run.begin())).toMatchObject({ status: 'SUCCEEDED' });
    expect(run.local.iam.refusals()).toEqual([
      expect.stringMatching(refused('Functionsorchestrate', 'sqs:ChangeMessageVisibility')),
    ]);
  } finally {
    await run.stop();
  }
}, 60_000);
