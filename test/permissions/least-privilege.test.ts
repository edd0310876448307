import type { Attached, Decision } from 'local-aws';
import { remove } from 'local-aws/testing';
import { changedTemplate, setSmallBatchBytes } from '../builders/changed-template';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { decideAgain, distinct, type Grant, grantsOf, isAbout, neededGrants } from './grants';
import { PipelineRun } from './pipeline-run';
import { PseudonymizingTemplate } from './pseudonymizing-template';

const BUCKET = 's3:daybook-000000000000-us-east-1';
const PARTS = 'an upload in parts is taken back where it fails, which no upload did';
const UNREFERENCED =
  'a merge deletes what it wrote where its commit fails, which none did after it had written';
const UNVALIDATED = 'stage, run by hand for a batch that was never validated, says so';
const MOVED_ONCE = 'takes away the copy of an execution that died between copy and delete, which none did';
const ALWAYS_TEXT = 'takes records that are no text, which only a stream or a topic can have';
const UNCALLED = 'takes what could not be called, and everything could';

/** Of a task's two roles, that of its container and that of its function. */
const ofBoth = (role: string, grant: string, reason: string) =>
  Object.fromEntries(['Tasks', 'SmallBatches'].map((where) => [`${where}${role}: ${grant}`, reason]));

/** What the pipeline may do and need not do in this run, with the reason why it must be allowed all the same. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  'cloudwatch.amazonaws.com at sns:PipelineAlarms: sns:Publish on sns:PipelineAlarms if aws:sourceaccount is 000000000000':
    'there are no alarms locally',
  'events.amazonaws.com at sqs:Pipeline-Trigger-dlq: sqs:SendMessage on sqs:Pipeline-Trigger-dlq if aws:sourcearn is events:rule/Pipeline-Execution-Ended':
    UNCALLED,
  'MaintenanceScheduleRole: sqs:SendMessage on sqs:Pipeline-Trigger-dlq': UNCALLED,
  'TriggersScheduleRole: sqs:SendMessage on sqs:Pipeline-Trigger-dlq': UNCALLED,
  'Eventsingestrole: sqs:SendMessage on sqs:analytics-events-dlq': ALWAYS_TEXT,
  ...ofBoth('validaterole', `s3:AbortMultipartUpload on ${BUCKET}/rejected/*`, PARTS),
  ...ofBoth('validaterole', `s3:AbortMultipartUpload on ${BUCKET}/results/*`, PARTS),
  ...ofBoth('stagerole', `s3:AbortMultipartUpload on ${BUCKET}/staging/*`, PARTS),
  ...ofBoth('transformrole', `s3:AbortMultipartUpload on ${BUCKET}/kpis/*`, PARTS),
  ...ofBoth('transformrole', `s3:AbortMultipartUpload on ${BUCKET}/marts/*`, PARTS),
  [`Tasksmaintainrole: s3:AbortMultipartUpload on ${BUCKET}/kpis/*`]: PARTS,
  [`Tasksmaintainrole: s3:AbortMultipartUpload on ${BUCKET}/marts/*`]: PARTS,
  [`Tasksmaintainrole: s3:AbortMultipartUpload on ${BUCKET}/staging/*`]: PARTS,
  [`Functionssettlerole: s3:AbortMultipartUpload on ${BUCKET}/input/*`]: PARTS,
  [`Functionsmoverole: s3:AbortMultipartUpload on ${BUCKET}/archive/*`]: PARTS,
  [`Functionsmoverole: s3:AbortMultipartUpload on ${BUCKET}/rejected/*`]: PARTS,
  [`Functionsmoverole: s3:DeleteObject on ${BUCKET}/archive/*`]: MOVED_ONCE,
  [`Functionsmoverole: s3:DeleteObject on ${BUCKET}/rejected/*`]: MOVED_ONCE,
  ...ofBoth('stagerole', `s3:DeleteObject on ${BUCKET}/staging/*`, UNREFERENCED),
  ...ofBoth('transformrole', `s3:DeleteObject on ${BUCKET}/kpis/*`, UNREFERENCED),
  ...ofBoth('transformrole', `s3:DeleteObject on ${BUCKET}/marts/*`, UNREFERENCED),
  ...ofBoth('stagerole', `s3:ListBucket on ${BUCKET} if s3:prefix is results/*`, UNVALIDATED),
};

/** How the ARNs of the secrets end, which is random in each deployment. */
const PSEUDONYM_KEY = /:secret:Daybook-Pseudonyms-\w{6}$/;
const EVENT_KEYS = /:secret:Daybook-EventsKeys\w+-\w{6}$/;

const order = (id: number, status = 'delivered') => `${id},7,${status},2025-03-0${id}T10:00:00,,,,1`;
const orders = (id: number) => csv(ORDERS, order(id));
const ORDERS_LOG = 'staging/orders/_delta_log/';
const commitKey = (version: number) => `${ORDERS_LOG}${String(version).padStart(20, '0')}.json`;

let policies: Attached[];
let grants: Grant[];
let decisions: Decision[];
let refusals: string[];

/** On both ways of a batch beside each other: its tasks as functions, and on Fargate. Orders have pseudonyms. */
beforeAll(async () => {
  const base = await PseudonymizingTemplate.make();
  const templates = [100_000_000, 0].map((bytes) =>
    changedTemplate((resources) => setSmallBatchBytes(resources, bytes), undefined, base.directory),
  );
  const runs = await Promise.all(templates.map((template) => goThrough(template)));
  for (const directory of templates) remove(directory);
  await base.remove();
  policies = runs[0]?.policies ?? [];
  refusals = runs.flatMap((run) => run.refusals);
  const keys = [PSEUDONYM_KEY, EVENT_KEYS].map((pattern) => {
    const [key = ''] = (runs[0]?.decisions ?? []).flatMap(({ resource }) => pattern.exec(resource) ?? []);
    return { pattern, key };
  });
  const ofOneKey = (decision: Decision) => ({
    ...decision,
    resource: keys.reduce((text, { pattern, key }) => text.replace(pattern, key), decision.resource),
  });
  decisions = distinct(runs.flatMap((run) => run.decisions).map(ofOneKey));
  grants = grantsOf(policies);
}, 180_000);

interface Outcome {
  readonly policies: Attached[];
  readonly refusals: string[];
  readonly decisions: Decision[];
}

/** What a pipeline meets: a lost message, good and bad files, files that vanish, a failure, stops by hand, maintenance. */
async function goThrough(template: string): Promise<Outcome> {
  const run = await PipelineRun.start(template);
  try {
    await run.putDaysAgo(40, 'results/20250101T000000Z-000000000000/rows/orders/00000.parquet');
    await run.putDaysAgo(40, 'staging/orders/left-behind.parquet');
    await run.putDaysAgo(40, 'kpis/order_kpis/left-behind.parquet');
    await run.putDaysAgo(40, 'marts/customer_days/left-behind.parquet');

    // Its message never came.
    await run.putDaysAgo(1, 'input/orders_lost.csv', orders(9));
    await run.loseMessages();
    const lost = await run.begin();
    expect(await run.ended(lost)).toMatchObject({ status: 'SUCCEEDED' });
    await run.untilQuiet();
    expect(await run.keys('input/')).toEqual([]);

    await run.put('input/folder/');
    // The same again: a duplicate, and further down, where the table has changed, none.
    await run.put('input/orders_lost.csv', orders(9));
    const archived = ['input/orders_1.csv', csv(ORDERS, order(1), order(2)), 'team=shop'] as const;
    const rejected = ['input/orders_empty.csv', '', 'team=shop'] as const;
    await run.put(...archived);
    await run.put(...rejected);
    await run.put('input/order_items_1.csv', csv(ORDER_ITEMS, '1,1,7,1,sold,2025-03-01T10:00:00,,,,12.5'));
    await run.put('input/inventory_1.csv', csv('product_id,on_hand,counted_at', '1,5,2025-03-01T10:00:00'));
    await run.put('input/products_1.csv', csv(PRODUCTS, '1,s,1.00,Toys,n,b,2.00,Kids'));
    const event = { event_name: 'page_view', event_time: '2025-03-01T10:00:00Z', client_id: 'c1' };
    await run.put('input/events_1.ndjson', JSON.stringify(event));
    await run.put('input/orders_bad_row.csv', csv(ORDERS, ...[3, 4, 5, 6, 7].map((id) => order(id)), 'x'));
    await run.put('input/orders_gone.csv', orders(8));
    await run.put('input/orders_going.csv', orders(9));
    await run.delete('input/orders_gone.csv');
    const first = await run.begin();
    await run.untilEntered(first, 'StageFiles');
    const atWork = Date.now();
    await run.delete('input/orders_going.csv');
    expect(await run.ended(first)).toMatchObject({ status: 'SUCCEEDED' });
    // As if they had come again while that execution was at work, which took them along.
    for (const [key, body, tagging] of [archived, rejected]) {
      await run.putAt(atWork, key, body, tagging);
      await run.delete(key);
    }

    const corrupt = commitKey((await run.keys(ORDERS_LOG)).length);
    await run.put(corrupt, '{"add":');
    await run.put('input/orders_lost.csv', orders(9));
    await run.put('input/orders_2.csv', csv(ORDERS, order(1, 'returned')));
    const failing = await run.begin();
    expect(await run.ended(failing)).toMatchObject({ status: 'FAILED' });
    await run.delete(corrupt);
    const stopped = await run.begin();
    await run.untilEvent(stopped, 'TaskScheduled');
    await run.stopByHand(stopped);
    await run.untilQuiet();

    // Of a batch that nobody has written down.
    const byHand = await run.beginByHand('by-hand');
    await run.untilEvent(byHand, 'TaskFailed');
    await run.stopByHand(byHand);
    await run.untilQuiet();

    // Commits of another writer, for the maintenance to make a checkpoint of; its second run reads what the first did.
    const commits = (await run.keys(ORDERS_LOG)).length;
    for (let more = 0; more < 5; more++) await run.put(commitKey(commits + more), '{"commitInfo":{}}');
    await run.local.runSchedule('Daily-Maintenance-Trigger');
    await run.local.runSchedule('Daily-Maintenance-Trigger');

    await run.postEvent({ event_name: 'page_view' });

    const { iam } = run.local;
    return { policies: iam.attached(), refusals: iam.refusals(), decisions: run.decisions };
  } catch (error) {
    throw new Error(`${error}; refused: ${run.local.iam.refusals().join(', ') || 'nothing'}`);
  } finally {
    await run.stop();
  }
}

test('nothing is refused', () => {
  expect(refusals).toEqual([]);
});

test('everything that is allowed is needed, or there is a reason for it', () => {
  const needed = neededGrants(grants, decisions);
  const texts = grants.filter((grant) => !needed.has(grant)).map(({ text }) => text);
  expect(texts.filter((text) => !Object.hasOwn(NOT_NEEDED, text))).toEqual([]);
});

test('validate alone may read the key of pseudonyms, and nobody may do anything else with it', () => {
  const ofKey = ({ actions, resources }: Grant['statement']) =>
    resources.some(({ text }) => PSEUDONYM_KEY.test(text)) ||
    (actions.some(({ text }) => /^secretsmanager:|[*]$/.test(text)) &&
      !resources.every(({ text }) => EVENT_KEYS.test(text)));
  const found = grants.filter(({ statement }) => ofKey(statement)).map(({ text }) => text);
  expect(found.map((text) => text.replace(PSEUDONYM_KEY, '')).sort()).toEqual(
    ['SmallBatches', 'Tasks'].map(
      (where) => `${where}validaterole: secretsmanager:GetSecretValue on secretsmanager`,
    ),
  );
});

test('no reason is given for what is not allowed', () => {
  const texts = grants.map(({ text }) => text);
  expect(Object.keys(NOT_NEEDED).filter((text) => !texts.includes(text))).toEqual([]);
});

test('with any one of the needed rights taken away, something that was asked would have been refused', () => {
  const needed = neededGrants(grants, decisions);
  const unmissed = [...needed].filter((taken) => {
    const left = grants.filter((grant) => grant !== taken);
    return !decisions.some(
      (decision) => isAbout(taken, decision) && !decideAgain(left, policies, decision).allowed,
    );
  });
  expect(unmissed.map(({ text }) => text)).toEqual([]);
  expect(needed.size).toBeGreaterThan(80);
});

test('with all rights as they are, every decision is made again as it was', () => {
  const others = decisions.filter((decision) => !decideAgain(grants, policies, decision).allowed);
  expect(others).toEqual([]);
});
