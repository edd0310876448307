import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FaultPlan, type RuleInput } from 'local-aws/faults';
import { firedOf, keepFired } from './fired';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-fired-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('faults that occurred are recorded even if one of them killed the endpoint', () => {
  const lost: RuleInput = { service: 's3', operation: 'PutObject', effect: { do: 'lose-answer' } };
  const down: RuleInput = { service: 'sqs', effect: { do: 'kill-endpoint', at: 'after' } };
  const never: RuleInput = { service: 'sns', effect: { do: 'lose-answer' } };
  const rules = [down, lost, never];
  const plan = new FaultPlan();
  keepFired(plan, directory);
  for (const rule of rules) plan.put(rule);
  const call = { resource: 'r', caller: 'c' };
  plan.match({ ...call, service: 's3', operation: 'PutObject' }, false);
  expect(firedOf(rules, directory)).toEqual([lost]);
  plan.match({ ...call, service: 's3', operation: 'PutObject' }, false);
  plan.match({ ...call, service: 'sqs', operation: 'SendMessage' }, false);
  expect(firedOf(rules, directory)).toEqual([down, lost]);
});
