import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { messagesOf, NotStoredError, requestsOf } from '../../storage/event-sink';
import { kinesisEvents } from '../../storage/kinesis-events';
import { sqsEvents } from '../../storage/sqs-events';

const bytes = (text: string) => Buffer.byteLength(text);

test('messages and requests hold every line once, in its order, within their limits', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((one) => !one.includes('\n'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const messages = messagesOf(lines, 80);
      expect(messages.flatMap((message) => message.split('\n'))).toEqual(lines);
      for (const message of messages) if (message.includes('\n')) expect(bytes(message)).toBeLessThan(80);
      const requests = requestsOf(messages, { maxMessages: 3, maxBytes: 160 });
      expect(requests.flat()).toEqual(messages);
      for (const request of requests) {
        expect(request.length).toBeLessThanOrEqual(3);
        if (request.length > 1) expect(bytes(request.join(''))).toBeLessThanOrEqual(160);
      }
    }),
  );
});

describe('SQS', () => {
  type Entry = { Id: string; MessageBody: string };
  let calls: Entry[][];
  let stored: string[];
  /** Says which entries fail, and by whose fault. */
  let fails: (entry: Entry, call: number) => 'sender' | 'service' | undefined;
  const client = {
    send: async ({ input }: SendMessageBatchCommand) => {
      const entries = input.Entries as Entry[];
      calls.push(entries);
      const faults = entries.map((entry) => ({ entry, fault: fails(entry, calls.length) }));
      stored.push(...faults.filter(({ fault }) => !fault).map(({ entry }) => entry.MessageBody));
      return {
        Failed: faults
          .filter(({ fault }) => fault)
          .map(({ entry, fault }) => ({ Id: entry.Id, Code: 'Busy', SenderFault: fault === 'sender' })),
      };
    },
  } as unknown as SQSClient;
  const sink = sqsEvents(client, 'queue', 10_000);

  beforeEach(() => {
    calls = [];
    stored = [];
    fails = () => undefined;
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => jest.restoreAllMocks());

  test('takes 500 small events as few messages of one request', async () => {
    const lines = Array.from(
      { length: 500 },
      (_, at) => `{"event_name":"a","at":${at},"x":"${'x'.repeat(500)}"}`,
    );
    await sink.store(lines);
    expect(calls).toHaveLength(1);
    expect(stored).toHaveLength(5);
    expect(stored.flatMap((message) => message.split('\n'))).toEqual(lines);
  });

  test('sends the refused messages of a request again, and only those', async () => {
    const lines = ['a', 'b', 'c'].map((one) => one.repeat(65_000));
    fails = ({ MessageBody }, call) => (call < 3 && MessageBody.startsWith('b') ? 'service' : undefined);
    await sink.store(lines);
    expect(calls.map((entries) => entries.length)).toEqual([3, 1, 1]);
    expect(stored.sort()).toEqual(lines);
  });

  test('fails if a message stays refused, and at once if it is the fault of the message', async () => {
    fails = () => 'service';
    await expect(sink.store(['a'])).rejects.toThrow(NotStoredError);
    expect(calls).toHaveLength(3);
    fails = () => 'sender';
    await expect(sink.store(['a'])).rejects.toThrow('SQS: 1 messages not stored, first Busy');
    expect(calls).toHaveLength(4);
  });
});

describe('Kinesis', () => {
  test('sends the records that a shard refused again, and fails if they stay refused', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const stored: string[] = [];
    const calls: number[] = [];
    let busy = 2;
    const client = {
      send: async ({ input }: PutRecordsCommand) => {
        const records = (input.Records ?? []).map(({ Data }) => Buffer.from(Data ?? '').toString());
        calls.push(records.length);
        busy -= 1;
        return {
          Records: records.map((record) => {
            const isRefused = busy >= 0 && record.startsWith('b');
            if (!isRefused) stored.push(record);
            return isRefused ? { ErrorCode: 'ProvisionedThroughputExceededException' } : {};
          }),
        };
      },
    } as unknown as KinesisClient;
    const sink = kinesisEvents(client, 'stream', 10_000);
    const lines = ['a', 'b', 'c'].map((one) => one.repeat(20_000));
    await sink.store(lines);
    expect(calls).toEqual([3, 1, 1]);
    expect(stored.sort()).toEqual(lines);
    busy = Number.POSITIVE_INFINITY;
    await expect(sink.store(lines)).rejects.toThrow(
      'Kinesis: 1 messages not stored, first ProvisionedThroughputExceededException',
    );
    jest.restoreAllMocks();
  });
});
