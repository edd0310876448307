import { S3ServiceException } from '@aws-sdk/client-s3';
import { BUCKET } from 'local-aws/testing';
import { isConflict } from '../../storage/conflicts';
import { s3Bucket } from '../../storage/s3-bucket';
import { codeOf, confirmedEtag, ignoreErrors, UnconfirmedWriteError } from '../../storage/s3-errors';
import { startFaultyS3 } from '../builders/faulty-s3';

const errorOf = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode }, message: name });

test.each([
  ['of status 412', errorOf('PreconditionFailed', 412), 'PreconditionFailed'],
  [
    'in a response with status 200, which the SDK turns into 503',
    errorOf('PreconditionFailed', 503),
    'PreconditionFailed',
  ],
  ['of a missing object', errorOf('NoSuchKey', 404), 'NoSuchKey'],
  ['of a missing object without a document', errorOf('NotFound', 404), 'NoSuchKey'],
  ['of another version without a document', errorOf('Unknown', 412), 'PreconditionFailed'],
  ['of a missing bucket', errorOf('NoSuchBucket', 404), 'NoSuchBucket'],
  ['of a missing upload', errorOf('NoSuchUpload', 404), 'NoSuchUpload'],
  ['of an overloaded S3', errorOf('SlowDown', 503), 'SlowDown'],
  ['without a name or a known status', errorOf('Unknown', 500), 'Unknown'],
  ['of the network', new Error('NoSuchKey'), undefined],
])('the code of an error %s', (_, error, code) => {
  expect(codeOf(error)).toBe(code);
});

test.each([
  ['ConditionalRequestConflict', 409, true],
  ['ConditionalRequestConflict', 503, true],
  ['OperationAborted', 409, true],
  ['BucketNotEmpty', 409, false],
  ['PreconditionFailed', 412, false],
])('%s of status %i is a conflict: %s', (name, status, expected) => {
  expect(isConflict(errorOf(name, status))).toBe(expected);
});

test('only errors with the expected codes are ignored', async () => {
  const missing = () => Promise.reject(errorOf('NoSuchBucket', 404));
  await expect(ignoreErrors(['NoSuchKey'], missing())).rejects.toThrow('NoSuchBucket');
  expect(await ignoreErrors(['NoSuchKey'], Promise.reject(errorOf('NotFound', 404)))).toBeUndefined();
  expect(await ignoreErrors(['NoSuchKey'], Promise.resolve('found'))).toBe('found');
});

test('an object of a missing bucket is an error, not a missing object', async () => {
  const s3 = await startFaultyS3();
  try {
    expect(await s3Bucket(s3.client, BUCKET).get('a')).toBeUndefined();
    await expect(s3Bucket(s3.client, 'elsewhere').get('a')).rejects.toThrow('bucket does not exist');
  } finally {
    await s3.stop();
  }
});

test('a write without an ETag in its response is not confirmed', () => {
  expect(confirmedEtag('a', { ETag: '"e"' })).toBe('"e"');
  expect(() => confirmedEtag('a', {})).toThrow(UnconfirmedWriteError);
  expect(() => confirmedEtag('a', undefined)).toThrow('a: expected the ETag');
});
