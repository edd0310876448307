import { taskError } from '../../../runtime/lambda-runtime/task-error';

class LakeError extends Error {
  override readonly name = 'LakeError';
}

const of = (error: unknown) => taskError(error).errorType;

test('a failure of the task itself is TaskFailed, with its name, message and stack', () => {
  const error = taskError(new LakeError('staging/orders: version 3 is missing'));
  expect(error).toMatchObject({
    errorType: 'TaskFailed',
    errorMessage: 'LakeError: staging/orders: version 3 is missing',
  });
  expect(error.stackTrace[0]).toMatch(/^at /);
  expect(of('thrown text')).toBe('TaskFailed');
});

test.each([
  'ENOSPC: no space left on device, write',
  'IO Error: Could not write file "/tmp/daybook/duckdb/x.tmp": No space left on device',
  'Out of Memory Error: failed to offload data block of size 256.0 KiB (1.1 GiB/1.1 GiB used).',
  'Out of Memory Error: could not allocate block of size 256.0 KiB (1.1 GiB/1.1 GiB used)',
  'std::bad_alloc',
])('%s: the function is out of resources', (message) => {
  expect(of(new Error(message))).toBe('OutOfResources');
});

test('a file of that name is not a lack of resources', () => {
  expect(of(new LakeError('input/Out of Memory Error.csv: changed meanwhile'))).toBe('TaskFailed');
});

test('a long message is truncated', () => {
  expect(taskError(new Error('x'.repeat(100_000))).errorMessage).toHaveLength(8000);
});
