/** Records and batches of them, as Lambda's event source mappings pass them. */

const STORED = 1795860000123;
export const STORED_AT = new Date(STORED).toISOString();

export const sqsRecord = (body: string, messageId: string, storedAt = STORED) => ({
  messageId,
  receiptHandle: 'handle',
  body,
  attributes: { ApproximateReceiveCount: '1', SentTimestamp: `${storedAt}`, SenderId: 'AIDA' },
  messageAttributes: {},
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:analytics-events-queue',
  awsRegion: 'us-east-1',
});

export const kinesisRecord = (content: string | Uint8Array, sequenceNumber: string, storedAt = STORED) => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: 'k',
    sequenceNumber,
    data: Buffer.from(content).toString('base64'),
    approximateArrivalTimestamp: storedAt / 1000,
  },
  eventSource: 'aws:kinesis',
  eventID: `shardId-000000000006:${sequenceNumber}`,
  eventName: 'aws:kinesis:record',
  eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/analytics-events',
});

export const kafkaRecord = (
  topic: string,
  value: string | Uint8Array | null,
  offset: number,
  storedAt = STORED,
) => ({
  topic,
  partition: 0,
  offset,
  timestamp: storedAt,
  timestampType: 'CREATE_TIME',
  key: 'a2V5',
  value: value === null ? null : Buffer.from(value).toString('base64'),
  headers: [],
});

export const sqsBatch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, at) => sqsRecord(body, `m${at}`)),
});

export const kinesisBatch = (...contents: readonly (string | Buffer)[]) => ({
  Records: contents.map((content, at) => kinesisRecord(content, `495${at}`)),
});

/** @param records by topic, each of its partition 0 */
export const kafkaEvent = (records: Readonly<Record<string, readonly ReturnType<typeof kafkaRecord>[]>>) => ({
  eventSource: 'SelfManagedKafka',
  bootstrapServers: 'localhost:9092',
  records: Object.fromEntries(Object.entries(records).map(([topic, those]) => [`${topic}-0`, those])),
});

export const kafkaBatch = (topic: string, ...values: readonly (string | Buffer | null)[]) =>
  kafkaEvent({ [topic]: values.map((value, at) => kafkaRecord(topic, value, 15 + at)) });
