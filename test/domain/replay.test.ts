import { REPLAYED_UPLOAD, replayedUpload } from '../../domain/replay';

const UPLOADED = '2025-04-08T10:00:00.250Z';
const of = (time: string) => replayedUpload({ [REPLAYED_UPLOAD]: time }, UPLOADED);

test('a replay has the time of the original upload, in UTC with milliseconds', () => {
  expect(of('2025-03-01T10:00:00.125Z')).toBe('2025-03-01T10:00:00.125Z');
  expect(of('2025-03-01T12:00:00+02:00')).toBe('2025-03-01T10:00:00.000Z');
});

test('ignores missing metadata, an invalid time and a future time, so rows are never newer than their upload', () => {
  expect(replayedUpload(undefined, UPLOADED)).toBeUndefined();
  expect(replayedUpload({}, UPLOADED)).toBeUndefined();
  expect(of('yesterday')).toBeUndefined();
  expect(of('2025-04-08T10:00:00.251Z')).toBeUndefined();
});
