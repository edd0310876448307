import { jsonService } from '../endpoint/json-protocol';
import type { LocalService } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import { DEFAULT_PLACE, type Place } from '../place';
import { KINESIS_ACCESS } from './access';
import { getRecords, getShardIterator } from './operations/get-records';
import { putRecord, putRecords } from './operations/put-records';
import {
  createStream,
  deleteStream,
  describeStream,
  describeStreamSummary,
  listShards,
  listStreams,
  setRetention,
} from './operations/streams';
import { KinesisStore } from './store';
import type { Stream, StreamSettings } from './stream';

interface KinesisServiceOptions extends Partial<Place> {
  /** Holds the streams; used by one process at a time. */
  readonly directory: string;
  readonly clock?: () => Date;
}

export interface KinesisService extends LocalService {
  /**
   * Creates the stream, or changes the settings of an existing one, which keeps its records.
   * @throws RangeError for another number of shards than an existing stream has
   */
  ensureStream(settings: Omit<StreamSettings, 'createdAt'>): Stream;
  /** For consumers within this process; undefined for an unknown ARN. */
  find(streamArn: string): Stream | undefined;
}

/**
 * Kinesis Data Streams. Acknowledged records survive the death of the process.
 * @throws JournalError for a damaged file
 */
export async function createKinesisService(options: KinesisServiceOptions): Promise<KinesisService> {
  const store = new KinesisStore({ clock: () => new Date(), ...DEFAULT_PLACE, ...options });
  const service = jsonService({
    name: 'kinesis',
    target: 'Kinesis_20131202',
    version: '1.1',
    state: store,
    access: KINESIS_ACCESS,
    denial: ACCESS_DENIED_EXCEPTION,
    close: async () => store.close(),
    operations: {
      CreateStream: createStream,
      DecreaseStreamRetentionPeriod: setRetention,
      DeleteStream: deleteStream,
      DescribeStream: describeStream,
      DescribeStreamSummary: describeStreamSummary,
      GetRecords: getRecords,
      GetShardIterator: getShardIterator,
      IncreaseStreamRetentionPeriod: setRetention,
      ListShards: listShards,
      ListStreams: listStreams,
      PutRecord: putRecord,
      PutRecords: putRecords,
    },
  });
  return {
    ...service,
    ensureStream(settings) {
      const known = store.find(settings.name);
      if (known && known.settings.shardCount !== settings.shardCount) {
        throw new RangeError(
          `the stream ${settings.name} has ${known.settings.shardCount} shards, and resharding is not supported locally: keep the number, or delete the stream first`,
        );
      }
      return store.put({ ...settings, createdAt: known?.settings.createdAt ?? store.now() });
    },
    find(streamArn) {
      const stream = store.find(streamArn.split(':stream/')[1] ?? '');
      return stream?.arn === streamArn ? stream : undefined;
    },
  };
}
