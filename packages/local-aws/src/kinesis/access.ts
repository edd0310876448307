import type { AccessRule, RequestContext } from '../endpoint/service';
import { streamName } from './operations/streams';
import { readIterator } from './shard-iterator';

const onStream =
  (action: string): AccessRule =>
  (input, { account, region }: RequestContext) => {
    const name =
      input.NextToken === undefined ? streamName(input) : (String(input.NextToken).split('/')[0] ?? '');
    return [{ action, resource: `arn:aws:kinesis:${region}:${account}:stream/${name}` }];
  };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html */
export const KINESIS_ACCESS = {
  CreateStream: onStream('kinesis:CreateStream'),
  DecreaseStreamRetentionPeriod: onStream('kinesis:DecreaseStreamRetentionPeriod'),
  DeleteStream: onStream('kinesis:DeleteStream'),
  DescribeStream: onStream('kinesis:DescribeStream'),
  DescribeStreamSummary: onStream('kinesis:DescribeStreamSummary'),
  GetRecords: ({ ShardIterator }, context) =>
    onStream('kinesis:GetRecords')({ StreamName: readIterator(String(ShardIterator)).stream }, context),
  GetShardIterator: onStream('kinesis:GetShardIterator'),
  IncreaseStreamRetentionPeriod: onStream('kinesis:IncreaseStreamRetentionPeriod'),
  ListShards: onStream('kinesis:ListShards'),
  ListStreams: () => [{ action: 'kinesis:ListStreams', resource: '*' }],
  PutRecord: onStream('kinesis:PutRecord'),
  PutRecords: onStream('kinesis:PutRecords'),
} satisfies Record<string, AccessRule>;
