/** Batches as Lambda's event source mappings pass them. */

const STORED = '1795860000123';
export const STORED_AT = new Date(Number(STORED)).toISOString();

export const sqsBatch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, at) => ({
    messageId: `m${at}`,
    receiptHandle: 'handle',
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: STORED, SenderId: 'AIDA' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:analytics-events-queue',
    awsRegion: 'us-east-1',
  })),
});

export const kinesisBatch = (...contents: readonly (string | Buffer)[]) => ({
  Records: contents.map((content, at) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'k',
      sequenceNumber: `495${at}`,
      data: Buffer.from(content).toString('base64'),
      approximateArrivalTimestamp: Number(STORED) / 1000,
    },
    eventSource: 'aws:kinesis',
    eventID: `shardId-000000000006:495${at}`,
    eventName: 'aws:kinesis:record',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/analytics-events',
  })),
});

export const kafkaBatch = (topic: string, ...values: readonly (string | Buffer | null)[]) => ({
  eventSource: 'SelfManagedKafka',
  bootstrapServers: 'localhost:9092',
  records: {
    [`${topic}-0`]: values.map((value, at) => ({
      topic,
      partition: 0,
      offset: 15 + at,
      timestamp: Number(STORED),
      timestampType: 'CREATE_TIME',
      key: 'a2V5',
      value: value === null ? null : Buffer.from(value).toString('base64'),
      headers: [],
    })),
  },
});
