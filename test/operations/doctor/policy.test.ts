import { decide } from '../../../operations/doctor/policy';

const request = {
  service: 's3.amazonaws.com',
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:eu-central-1:123456789012:files',
  sourceArn: 'arn:aws:s3:::daybook',
  sourceAccount: '123456789012',
};
const statement = {
  Effect: 'Allow',
  Principal: { Service: 's3.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: request.resource,
  Condition: {
    ArnEquals: { 'aws:SourceArn': request.sourceArn },
    StringEquals: { 'aws:SourceAccount': request.sourceAccount },
  },
};
const overHttp = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sqs:*',
  Resource: request.resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const decided = (...Statement: object[]) =>
  decide(JSON.stringify({ Version: '2012-10-17', Statement }), request);

test('allows what the template’s policy allows', () => {
  expect(decided(overHttp, statement)).toBe('allowed');
});

test.each([
  [
    'wildcards',
    { Action: 'SQS:*', Resource: '*', Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:day*' } } },
  ],
  [
    'lists',
    {
      Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
      Principal: { Service: ['sns.amazonaws.com', 's3.amazonaws.com'] },
    },
  ],
  ['everyone', { Principal: '*' }],
  ['no condition', { Condition: {} }],
])('allows by %s', (_, changed) => {
  expect(decided({ ...statement, ...changed })).toBe('allowed');
});

test.each([
  ['another service', { Principal: { Service: 'sns.amazonaws.com' } }],
  ['another action', { Action: 'sqs:ReceiveMessage' }],
  ['another queue', { Resource: `${request.resource}-dlq` }],
  ['another bucket', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::other' } } }],
  ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '210987654321' } } }],
  ['a condition that is not known here', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
])('does not allow by a statement for %s', (_, changed) => {
  expect(decided(overHttp, { ...statement, ...changed })).toBe('none');
});

test('a denial has precedence', () => {
  expect(decided(statement, { ...statement, Effect: 'Deny' })).toBe('denied');
});
