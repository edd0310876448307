import { compilePattern, EventPatternError } from '../../src/events/pattern';

const pattern = {
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: { status: ['FAILED', 'ABORTED'], stateMachineArn: ['arn:1'] },
};
const event = (detail: object, fields: object = {}) => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { status: 'FAILED', stateMachineArn: 'arn:1', other: 1, ...detail },
  ...fields,
});

test.each<[object, boolean]>([
  [event({}), true],
  [event({ status: 'ABORTED' }), true],
  [event({ status: 'SUCCEEDED' }), false],
  [event({ stateMachineArn: 'arn:2' }), false],
  [event({}, { source: 'aws.s3' }), false],
  [event({}, { detail: null }), false],
  [event({}, { source: ['aws.s3', 'aws.states'] }), true],
  [{}, false],
])('%j: %s', (candidate, expected) => expect(compilePattern(pattern)(candidate)).toBe(expected));

test.each<[unknown, string]>([
  [{ detail: { status: [{ prefix: 'F' }] } }, '$.detail.status'],
  [{ source: 'aws.states' }, '$.source'],
  [{ source: [] }, '$.source'],
  [undefined, '$'],
])('refuses the pattern %j', (wrong, path) => {
  const compile = () => compilePattern(wrong);
  expect(compile).toThrow(EventPatternError);
  expect(compile).toThrow(`event pattern, ${path}: expected a list of exact values`);
});
