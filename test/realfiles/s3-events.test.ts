import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Batch } from '../../tasks/orchestrate/batch';
import { readMessage } from '../../tasks/orchestrate/file-events';

const FOLDER = path.join(__dirname, 'events');
const BUCKET = 'shop-input';

/** Messages as S3, SNS, EventBridge and MinIO send them, and the files that each announces; a reason for what is none of them. */
const EXPECTED: Readonly<Record<string, readonly string[] | RegExp>> = {
  'put_encoded_key.json': ['input/orders march & april (2).csv'],
  'put_slash_encoded.json': ['input/orders.csv'],
  'copy.json': ['input/orders_copy.csv'],
  'multipart.json': ['input/orders_big.csv.gz'],
  'sns_wrapped.json': ['input/orders_sns.csv'],
  'eventbridge.json': ['input/orders march.csv'],
  'test_event.json': [],
  'test_event_sns.json': [],
  'delete_marker.json': [],
  'out_of_order_versions.json': ['input/orders_same.csv', 'input/orders_same.csv'],
  'not_json.json': /^not an S3 event/,
};

const read = (file: string) => readMessage(readFileSync(path.join(FOLDER, file), 'utf8'), BUCKET);

test('every message is expected to announce files or none, or to be unreadable', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(Object.entries(EXPECTED))('%s', (file, expected) => {
  const content = read(file);
  if (expected instanceof RegExp) expect(content).toEqual({ unreadable: expect.stringMatching(expected) });
  else expect(content).toMatchObject({ files: expected.map((key) => ({ key })) });
});

test('out_of_order_versions.json: of the two versions the one with the later sequencer is loaded', () => {
  const content = read('out_of_order_versions.json');
  const batch = new Batch();
  const message = { messageId: 'm', receiptHandle: 'r', body: '', sentAt: 0, receiveCount: 1 };
  batch.add(message, 'files' in content ? content.files : []);
  expect(batch.files.map(({ etag }) => etag)).toEqual(['22222222222222222222222222222222']);
  expect(batch.replaced.map(({ etag }) => etag)).toEqual(['11111111111111111111111111111111']);
});
