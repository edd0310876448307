// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
import { TemplateError } from '../../src/cloudformation/errors';
import { NO_VALUE, references, resolve, type Scope } from '../../src/cloudformation/resolve';

const scope: Scope = {
  ref: (name) =>
    ({ Queue: 'http://queue', 'AWS::Region': 'us-east-1', 'AWS::NoValue': NO_VALUE, List: ['a', 'b'] })[name],
  getAtt: (id, attribute) => (id === 'Queue' && attribute === 'Arn' ? 'arn:queue' : undefined),
  condition: (name) => name === 'IsProduction',
  availabilityZones: () => ['us-east-1a', 'us-east-1b'],
};
const value = (template: unknown) => resolve(template, scope, 'Thing.Property');

test.each<[string, unknown, unknown]>([
  ['a Ref', { Ref: 'Queue' }, 'http://queue'],
  ['an attribute by list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  ['an attribute by text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
  ['Sub', { 'Fn::Sub': '${AWS::Region}/${Queue.Arn}/${!Kept}' }, 'us-east-1/arn:queue/${Kept}'],
  [
    'Sub with variables',
    { 'Fn::Sub': ['${A}-${AWS::Region}', { A: { Ref: 'Queue' } }] },
    'http://queue-us-east-1',
  ],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
  ['Join of a list', { 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
  ['Select of GetAZs', { 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'us-east-1b'],
  ['Split', { 'Fn::Split': [',', 'a,b'] }, ['a', 'b']],
  ['If', { 'Fn::If': ['IsProduction', { Ref: 'Queue' }, { Ref: 'Missing' }] }, 'http://queue'],
  [
    'conditions',
    { 'Fn::And': [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, { Condition: 'IsProduction' }] },
    true,
  ],
  [
    'no value in a list and an object',
    { a: [1, { Ref: 'AWS::NoValue' }], b: { Ref: 'AWS::NoValue' } },
    { a: [1] },
  ],
  [
    'a policy with a Condition of its own',
    { Condition: { Bool: { x: 'true' } } },
    { Condition: { Bool: { x: 'true' } } },
  ],
])('%s', (_, template, expected) => expect(value(template)).toEqual(expected));

test.each<[unknown, string]>([
  [{ a: [{ Ref: 'Missing' }] }, 'template, Thing.Property.a[0]: there is no resource or parameter Missing'],
  [{ 'Fn::GetAtt': ['Queue', 'Nope'] }, 'there is no Queue.Nope locally'],
  [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported locally'],
  [{ 'Fn::Select': [5, ['a']] }, 'Fn::Select finds no item 5'],
])('%j is refused', (template, message) => {
  expect(() => value(template)).toThrow(TemplateError);
  expect(() => value(template)).toThrow(message);
});

test('finds what a value refers to', () => {
  const template = {
    a: [{ Ref: 'A' }, { 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::GetAtt': 'C.Arn' }],
    b: { 'Fn::Sub': ['${D}-${E.Arn}-${!No}', { X: { Ref: 'F' } }] },
  };
  expect(references(template)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
});
