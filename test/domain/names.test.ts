import { resourceNames } from '../../domain/names';

test('names without a prefix', () => {
  const names = resourceNames();
  expect(names.bucket('000000000000', 'us-east-1')).toBe('daybook-000000000000-us-east-1');
  expect(names.queue).toBe('file-processing-queue');
  expect(names.deadLetterQueue).toBe('file-processing-queue-dlq');
  expect(names.stateMachine).toBe('ECommerce-Pipeline-Orchestrator');
});

test('every name starts with the prefix', () => {
  const names = resourceNames('dev-');
  for (const name of Object.values(names)) {
    expect(typeof name === 'function' ? name('1', 'r') : name).toMatch(/^dev[-_]/);
  }
});

test.each(['Dev-', '-dev', 'a_b', 'x'.repeat(21)])(
  'the prefix %s is refused with what is expected',
  (prefix) => {
    expect(() => resourceNames(prefix)).toThrow(/expected at most 20 lower-case letters/);
  },
);
