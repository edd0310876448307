import type { StoredRecord } from '../../kinesis/segment';
import { sequenceNumber } from '../../kinesis/sequence-number';
import type { Shard } from '../../kinesis/stream';

interface Consumer {
  readonly streamArn: string;
  readonly region: string;
  /** Role of the function. */
  readonly roleArn: string;
}

/** The event of a batch. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#kinesis-polling-and-batching */
export function kinesisEvent(
  records: readonly StoredRecord[],
  shard: Pick<Shard, 'id' | 'index'>,
  { streamArn, region, roleArn }: Consumer,
): object {
  return {
    Records: records.map(({ position, arrivedAt, partitionKey, data }) => {
      const sequence = sequenceNumber(shard.index, position);
      return {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey,
          sequenceNumber: sequence,
          data,
          approximateArrivalTimestamp: arrivedAt / 1000,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `${shard.id}:${sequence}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: roleArn,
        awsRegion: region,
        eventSourceARN: streamArn,
      };
    }),
  };
}

/** The records in an invocation record. */
export function kinesisBatchInfo(
  records: readonly StoredRecord[],
  { id, index }: Pick<Shard, 'id' | 'index'>,
  streamArn: string,
): object {
  const [first, last] = [records[0], records.at(-1)];
  return {
    KinesisBatchInfo: {
      shardId: id,
      startSequenceNumber: sequenceNumber(index, first?.position ?? 0),
      endSequenceNumber: sequenceNumber(index, last?.position ?? 0),
      approximateArrivalOfFirstRecord: new Date(first?.arrivedAt ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.arrivedAt ?? 0).toISOString(),
      batchSize: records.length,
      streamArn,
    },
  };
}
