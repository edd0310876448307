import { createHash } from 'node:crypto';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { backOff } from './back-off';
import { type EventSink, messagesOf, NotStoredError, requestsOf } from './event-sink';

/** Kinesis bills every 25 KB of a record as a unit. */
const RECORD_BYTES = 25_000;
/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html; the bytes include the partition keys. */
const REQUEST = { maxMessages: 500, maxBytes: 4_000_000 };
/** Attempts at records that a shard refused because of its throughput; the client itself repeats requests that failed as a whole. */
const ATTEMPTS = 5;
const PAUSE = { firstMs: 100, maxMs: 1000 };

/**
 * The records' order means nothing, so they are spread over the shards by their content.
 * @param deadlineMs after which `store` gives up
 */
export function kinesisEvents(client: KinesisClient, streamName: string, deadlineMs: number): EventSink {
  async function send(messages: readonly string[], abortSignal: AbortSignal): Promise<void> {
    let left = messages.map((message) => ({ Data: Buffer.from(message), PartitionKey: hashOf(message) }));
    for (let failed = 0; ; failed += 1) {
      const command = new PutRecordsCommand({ StreamName: streamName, Records: left });
      const { Records = [] } = await client.send(command, { abortSignal });
      const refused = Records.filter(({ ErrorCode }) => ErrorCode !== undefined);
      const [first] = refused;
      if (!first) return;
      left = left.filter((_, at) => Records[at]?.ErrorCode !== undefined);
      if (failed + 1 >= ATTEMPTS) {
        throw new NotStoredError('Kinesis', left.length, `${first.ErrorCode}: ${first.ErrorMessage}`);
      }
      await backOff(failed, PAUSE);
    }
  }
  return {
    async store(lines) {
      const abortSignal = AbortSignal.timeout(deadlineMs);
      for (const messages of requestsOf(messagesOf(lines, RECORD_BYTES), REQUEST)) {
        await send(messages, abortSignal);
      }
    },
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
