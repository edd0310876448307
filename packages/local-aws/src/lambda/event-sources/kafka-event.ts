/** A record as kafkajs returns it. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: string;
  readonly isLogAppendTime: boolean;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

export const partitionName = ({ topic, partition }: Pick<KafkaRecord, 'topic' | 'partition'>): string =>
  `${topic}-${partition}`;

/** The event of a batch. https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html */
export function kafkaEvent(records: readonly KafkaRecord[], bootstrapServers: string): object {
  const byPartition: Record<string, object[]> = {};
  for (const record of records) {
    const name = partitionName(record);
    byPartition[name] ??= [];
    byPartition[name].push(describe(record));
  }
  return { eventSource: 'SelfManagedKafka', bootstrapServers, records: byPartition };
}

function describe(record: KafkaRecord): object {
  const { topic, partition, offset, timestamp, isLogAppendTime, key, value, headers } = record;
  return {
    topic,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    timestampType: isLogAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    ...(key !== null && { key: key.toString('base64') }),
    ...(value !== null && { value: value.toString('base64') }),
    headers: Object.entries(headers).flatMap(([name, values]) =>
      (Array.isArray(values) ? values : [values ?? '']).map((one) => ({ [name]: [...Buffer.from(one)] })),
    ),
  };
}

/** The records in an invocation record. They are of one partition. */
export function kafkaBatchInfo(
  records: readonly KafkaRecord[],
  bootstrapServers: string,
  payloadSize: number,
): object {
  const [first, last] = [records[0], records.at(-1)];
  const timeOf = (record: KafkaRecord | undefined) => new Date(Number(record?.timestamp ?? 0)).toISOString();
  return {
    KafkaBatchInfo: {
      batchSize: records.length,
      bootstrapServers,
      payloadSize,
      recordsInfo: {
        ...(first && {
          [partitionName(first)]: {
            firstRecordOffset: first.offset,
            lastRecordOffset: last?.offset,
            firstRecordTimestamp: timeOf(first),
            lastRecordTimestamp: timeOf(last),
          },
        }),
      },
    },
  };
}
