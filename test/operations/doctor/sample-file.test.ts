import { catalog } from '../../../catalog/catalog';
import { kindFromName } from '../../../domain/file-names';
import { matchHeader } from '../../../domain/header-match';
import type { Outcome } from '../../../domain/ledger';
import { keyFault } from '../../../domain/upload-keys';
import {
  describeProgress,
  judgeProgress,
  judgeTimeout,
  sampleFile,
} from '../../../operations/doctor/sample-file';

const KEY = 'input/daybook-doctor/products-1.csv';
const NOW = new Date('2025-03-30T16:14:26Z');

const at = (outcome: Outcome, more: object = {}, state?: string) => ({
  item: { key: KEY, etag: 'e', size: 1, uploaded_at: NOW.toISOString(), outcome, ...more },
  state,
});
const E1 = { execution: 'e1' };

test.each(catalog.contracts)('the sample of $kind is valid, unique, and has no rows', (contract) => {
  const { key, body } = sampleFile(contract, NOW, '0a1b2c3d');
  expect(key).toBe(`input/daybook-doctor/${contract.kind}-20250330T161426Z-0a1b2c3d.csv`);
  expect(keyFault(key)).toBeUndefined();
  expect(kindFromName(key, catalog.contracts)).toBe(contract.kind);
  const [header = '', ...rows] = body.split('\n');
  expect(rows).toEqual(['']);
  expect(matchHeader(key, header.split(','), catalog.contracts)).toMatchObject({
    match: { contract, extraColumns: ['daybook_doctor_0a1b2c3d'] },
  });
});

test.each([
  ['no item', { item: undefined, state: undefined }, undefined],
  ['waiting for an execution', at('waiting'), undefined],
  ['running', at('running', E1, 'StageFiles'), undefined],
  ['archived', at('archived', { ...E1, destination: 'archive/e1/x' }), 'ok'],
  ['rejected', at('rejected', { ...E1, reason: 'no' }), 'failed'],
  ['a dead letter', at('dead_letter', E1), 'failed'],
  ['waiting again', at('waiting', E1, 'StageFiles'), 'failed'],
])('%s', (_, progress, status) => {
  expect(judgeProgress(KEY, progress)?.status).toBe(status);
});

test('a failed execution is reported with its state and its cause', () => {
  expect(judgeProgress(KEY, at('waiting', { ...E1, reason: 'no disk' }, 'StageFiles'))?.message).toBe(
    `${KEY}: the execution e1 failed in StageFiles: no disk`,
  );
});

test('at the end of the time the stage is named', () => {
  expect(judgeTimeout(KEY, at('waiting'), 900_000).message).toBe(
    `${KEY} is in the bucket, and no execution has taken it after 900 seconds`,
  );
  expect(judgeTimeout(KEY, at('running', E1, 'StageFiles'), 900_000).message).toBe(
    `${KEY} is still in StageFiles of the execution e1 after 900 seconds`,
  );
});

test('progress names the execution and its state', () => {
  expect(describeProgress(at('waiting'))).toBe('uploaded, waiting for an execution');
  expect(describeProgress(at('running', E1, 'StageFiles'))).toBe('execution e1, StageFiles');
});
