import fc from 'fast-check';
import type { Caller } from '../../src/iam/access';
import { evaluate } from '../../src/iam/evaluate';
import { compilePolicy, type Statement } from '../../src/iam/policy';
import { policyOf } from '../../src/testing/roles';

const CALLER: Caller = {
  kind: 'role',
  arn: 'arn:aws:sts::000000000000:assumed-role/worker/1',
  userId: 'AROA:1',
  roleArn: 'arn:aws:iam::000000000000:role/worker',
};

const oneOf = (...values: string[]) => fc.constantFrom(...values);
const actions = oneOf('s3:GetObject', 's3:PutObject', 's3:ListBucket', 's3:Get*', 's3:*', '*');
const resources = oneOf('arn:b/a', 'arn:b/ab', 'arn:b', 'arn:b/*', 'arn:b/a?', '*');
const condition = fc.oneof(
  fc.record({ StringLike: fc.record({ 's3:prefix': fc.array(oneOf('a', 'a*', 'b'), { minLength: 1 }) }) }),
  fc.constant({ Bool: { 'aws:SecureTransport': 'false' } }),
  fc.constant({ NumericLessThan: { 's3:max-keys': '5' } }),
);
const statement = fc.record(
  {
    Effect: oneOf('Allow', 'Allow', 'Deny'),
    Action: fc.array(actions, { minLength: 1, maxLength: 3 }),
    Resource: fc.array(resources, { minLength: 1, maxLength: 3 }),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Action', 'Resource'] },
);
const statements = fc.array(statement, { maxLength: 6 });
const request = fc.record(
  {
    action: oneOf('s3:GetObject', 's3:PutObject', 's3:ListBucket'),
    resource: oneOf('arn:b', 'arn:b/a', 'arn:b/ab', 'arn:c'),
    context: fc.record({ 's3:prefix': oneOf('a', 'ab', 'c') }),
  },
  { requiredKeys: ['action', 'resource'] },
);

const compiled = (elements: readonly object[]): Statement[] =>
  compilePolicy(policyOf(...elements), 'identity', 'Rights');
const allowed = (identity: readonly Statement[], asked: Parameters<typeof evaluate>[2]) =>
  evaluate({ identity, resource: [] }, CALLER, asked).allowed;

test('the order of statements, of their actions and of their resources makes no difference', () => {
  const shuffled = statements.chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.shuffledSubarray(given, { minLength: given.length }).map((order) =>
        order.map((one) => ({
          ...one,
          Action: [...one.Action].reverse(),
          Resource: [...one.Resource].reverse(),
        })),
      ),
    ),
  );
  fc.assert(
    fc.property(shuffled, request, ([given, other], asked) => {
      expect(allowed(compiled(other), asked)).toBe(allowed(compiled(given), asked));
    }),
  );
});

test('a matching deny always denies', () => {
  fc.assert(
    fc.property(statements, request, (given, asked) => {
      const deny = { Effect: 'Deny', Action: asked.action, Resource: asked.resource };
      expect(allowed(compiled([...given, deny]), asked)).toBe(false);
    }),
  );
});

test('another allow never removes a permission, unless it cannot be evaluated; another deny never adds one', () => {
  fc.assert(
    fc.property(statements, statement, request, (given, more, asked) => {
      const [before, after] = [allowed(compiled(given), asked), allowed(compiled([...given, more]), asked)];
      const isUnknown = more.Condition !== undefined && 'NumericLessThan' in more.Condition;
      if (more.Effect === 'Deny' || isUnknown) expect(after && !before).toBe(false);
      else expect(before && !after).toBe(false);
    }),
  );
});

test('a statement equals its parts: each action on each resource with each condition value', () => {
  const apart = (one: { Action: string[]; Resource: string[]; Condition?: object; Effect: string }) =>
    one.Action.flatMap((Action) =>
      one.Resource.flatMap((Resource) =>
        valuesApart(one.Condition).map((each) => ({ ...one, Action, Resource, ...each })),
      ),
    );
  fc.assert(
    fc.property(statements, request, (given, asked) => {
      expect(allowed(compiled(given.flatMap(apart)), asked)).toBe(allowed(compiled(given), asked));
    }),
  );
});

function valuesApart(element: object | undefined): { Condition?: object }[] {
  if (element === undefined || !('StringLike' in element))
    return [{ ...(element && { Condition: element }) }];
  const { 's3:prefix': prefixes } = element.StringLike as { 's3:prefix': string[] };
  return prefixes.map((prefix) => ({ Condition: { StringLike: { 's3:prefix': prefix } } }));
}
