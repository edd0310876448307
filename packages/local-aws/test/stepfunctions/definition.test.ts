import { readDefinition } from '../../src/stepfunctions/definition';
import { DefinitionError } from '../../src/stepfunctions/errors';
import { CALL, task } from '../../src/testing/states-harness';

const integrations = {
  find: (resource: string) =>
    resource === CALL
      ? { resource, parameters: ['FunctionName', 'Payload'], run: async () => null }
      : undefined,
};
const read = (states: object, fields: object = {}) =>
  readDefinition(
    JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...fields }),
    integrations,
  );
const inMap = (inner: object, fields: object = {}) => ({
  Every: { Type: 'Map', ItemProcessor: { StartAt: 'One', States: { One: inner } }, End: true, ...fields },
});

test('collects the states inside Map states with their enclosing states', () => {
  const { states } = read(inMap(task({ Parameters: { FunctionName: 'f' }, End: true })));
  expect([...states.values()].map(({ name, type, within }) => [name, type, within])).toEqual([
    ['Every', 'Map', []],
    ['One', 'Task', ['Every']],
  ]);
});

test.each<[string, object, string]>([
  [
    'an unsupported integration',
    { A: { ...task({ End: true }), Resource: 'arn:aws:states:::sqs:sendMessage' } },
    'A.Resource: the integration arn:aws:states:::sqs:sendMessage',
  ],
  [
    'an unknown parameter',
    { A: task({ Parameters: { 'FuctionName.$': '$.f' }, End: true }) },
    'A.Parameters: arn:aws:states:::lambda:invoke has no parameter FuctionName',
  ],
  ['a field no state has', { A: task({ HeartbeatSeconds: 5, End: true }) }, 'A: the field HeartbeatSeconds'],
  [
    'JSONata',
    { A: { Type: 'Pass', Output: '{% 1 %}', QueryLanguage: 'JSONata', End: true } },
    'A: the field Output',
  ],
  [
    'a distributed Map',
    {
      M: {
        Type: 'Map',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'P',
          States: { P: { Type: 'Pass', End: true } },
        },
        End: true,
      },
    },
    'M.ItemProcessor.ProcessorConfig.Mode: expected INLINE',
  ],
  [
    'the item in an iteration',
    inMap({ Type: 'Pass', Parameters: { 'x.$': '$$.Map.Item.Value' }, End: true }),
    'One.Parameters: $$.Map.Item.Value is not supported locally here; pass it through ItemSelector',
  ],
  [
    'a function in ItemSelector',
    inMap({ Type: 'Pass', End: true }, { ItemSelector: { 'x.$': 'States.UUID()' } }),
    'Every.ItemSelector: intrinsic functions',
  ],
  [
    'an unknown function',
    { A: task({ Parameters: { 'Payload.$': 'States.Nope()' }, End: true }) },
    'there is no function States.Nope',
  ],
  [
    'an unsupported path',
    { A: task({ Parameters: { 'Payload.$': '$..x' }, End: true }) },
    'A.Parameters.Payload.$: path $..x',
  ],
  ['a state that is missing', { A: task({ Next: 'B' }) }, 'B'],
])('refuses %s', (_, states, message) => {
  const run = () => read(states);
  expect(run).toThrow(DefinitionError);
  expect(run).toThrow(message);
});

test('rejects invalid JSON', () => {
  expect(() => readDefinition('{', integrations)).toThrow(DefinitionError);
});
