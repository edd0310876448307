import { compareUploads, type FileEvent, readMessage } from '../../../tasks/orchestrate/file-events';
import { s3Event } from '../../builders/s3-event';

const filesOf = (body: string): FileEvent[] => {
  const content = readMessage(body, 'memory');
  if ('unreadable' in content) throw new Error(content.unreadable);
  return content.files;
};

test('an upload gives key, ETag, size and time', () => {
  expect(filesOf(s3Event({ key: 'input/a b+ü.csv', etag: 'abc', size: 7, sequencer: '0A' }))).toEqual([
    {
      key: 'input/a b+ü.csv',
      etag: 'abc',
      size: 7,
      uploaded_at: '2025-03-30T12:00:00.000Z',
      sequencer: '0A',
      eventName: 'ObjectCreated:Put',
    },
  ]);
});

test.each([
  ['a folder marker', s3Event({ key: 'input/folder/' })],
  ['a key outside input/', s3Event({ key: 'archive/x.csv' })],
  ['a removal', s3Event({ key: 'input/x.csv', eventName: 'ObjectRemoved:Delete' })],
  ['the test event of S3', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'memory' })],
])('%s has no files', (_, body) => {
  expect(filesOf(body)).toEqual([]);
});

test.each([
  ['words', 'hello', /not JSON/],
  ['other JSON', '{"a":1}', /not an S3 event/],
  ['another bucket', s3Event({ key: 'input/x.csv', bucket: 'other' }), /bucket other, expected memory/],
  ['a broken encoding', s3Event({ key: 'input/x.csv' }).replace('input/x', 'input/%zz'), /not URL-encoded/],
  ['a broken time', s3Event({ key: 'input/x.csv', time: 'noon' }), /is not a time/],
])('%s is unreadable, with the reason', (_, body, reason) => {
  const content = readMessage(body, 'memory');
  expect('unreadable' in content && content.unreadable).toMatch(reason);
});

test('uploads compare by second, then by sequencer padded on the right, then by time', () => {
  const upload = (time: string, sequencer: string): FileEvent => ({
    key: 'k',
    etag: 'e',
    size: 0,
    uploaded_at: time,
    sequencer,
    eventName: 'ObjectCreated:Put',
  });
  const early = '2025-03-30T12:00:00.000Z';
  const later = '2025-03-30T12:00:00.001Z';
  const nextSecond = '2025-03-30T12:00:01.000Z';
  expect(compareUploads(upload(nextSecond, '01'), upload(early, 'FF'))).toBe(1);
  // EventBridge tells the later upload to the second.
  expect(compareUploads(upload(early, '02'), upload(later, '01'))).toBe(1);
  expect(compareUploads(upload(later, ''), upload(early, '01'))).toBe(1);
  expect(compareUploads(upload(early, '0A'), upload(early, '0a1'))).toBe(-1);
  expect(compareUploads(upload(early, '0A'), upload(early, '0a0'))).toBe(0);
});
