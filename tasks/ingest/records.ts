import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { EventSource } from '../../domain/events/envelope';

/** A record of a queue, a stream or a topic. */
export interface SourceRecord {
  readonly source: Exclude<EventSource, 'http'>;
  readonly topic?: string | undefined;
  /** Where the record was, unique in the source: message id; shard and sequence number; topic, partition and offset. */
  readonly position: string;
  /** By which a record is reported as failed; undefined: only the whole batch can be. */
  readonly identifier: string | undefined;
  /** When the broker stored it, epoch milliseconds; undefined: it does not say. */
  readonly storedAt: number | undefined;
  /** undefined: the bytes are not UTF-8. */
  readonly text: string | undefined;
  /** Those of a record that is no text. */
  readonly bytes?: Buffer | undefined;
}

/** The event is none of SQS, Kinesis or Kafka: the function has another trigger. */
export class EventFormError extends Error {
  override readonly name = 'EventFormError';
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const sqsSchema = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:sqs'),
      messageId: z.string().min(1),
      body: z.string(),
      attributes: z.object({ SentTimestamp: z.coerce.number() }),
    }),
  ),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
const kinesisSchema = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:kinesis'),
      /** `shardId-000000000006:4959...` */
      eventID: z.string().min(1),
      kinesis: z.object({
        sequenceNumber: z.string().min(1),
        data: z.string(),
        /** Epoch seconds. */
        approximateArrivalTimestamp: z.number(),
      }),
    }),
  ),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
const kafkaSchema = z.object({
  eventSource: z.enum(['SelfManagedKafka', 'aws:kafka']),
  records: z.record(
    z.string(),
    z.array(
      z.object({
        topic: z.string().min(1),
        partition: z.number(),
        offset: z.number(),
        /** Epoch milliseconds; -1: none. */
        timestamp: z.number().optional(),
        value: z.string().nullish(),
      }),
    ),
  ),
});

/**
 * The records of a batch that an event source mapping passes, each position once. A Kafka record without a value says that a key was
 * deleted; it is no event and left out.
 * @throws EventFormError
 */
export function recordsOf(event: unknown): SourceRecord[] {
  const found = new Map<string, SourceRecord>();
  for (const record of read(event)) found.set(record.position, record);
  return [...found.values()];
}

function read(event: unknown): SourceRecord[] {
  const sqs = sqsSchema.safeParse(event);
  if (sqs.success) {
    return sqs.data.Records.map(({ messageId, body, attributes }) => ({
      source: 'sqs',
      position: messageId,
      identifier: messageId,
      storedAt: attributes.SentTimestamp,
      text: body,
    }));
  }
  const kinesis = kinesisSchema.safeParse(event);
  if (kinesis.success) {
    return kinesis.data.Records.map(({ eventID, kinesis: { sequenceNumber, data, ...rest } }) => ({
      source: 'kinesis',
      position: eventID.replace(':', '-'),
      identifier: sequenceNumber,
      storedAt: Math.round(rest.approximateArrivalTimestamp * 1000),
      ...content(data),
    }));
  }
  const kafka = kafkaSchema.safeParse(event);
  if (!kafka.success)
    throw new EventFormError(
      'expected records of SQS, Kinesis or Kafka: ingest runs only with an event source mapping',
    );
  return Object.values(kafka.data.records)
    .flat()
    .flatMap(({ topic, partition, offset, timestamp = -1, value }): SourceRecord[] => {
      const position = `${topic}-${partition}-${offset}`;
      const storedAt = timestamp > 0 ? timestamp : undefined;
      if (typeof value !== 'string') return [];
      return [{ source: 'kafka', topic, position, identifier: undefined, storedAt, ...content(value) }];
    });
}

function content(base64: string): Pick<SourceRecord, 'text' | 'bytes'> {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { text: undefined, bytes };
}
