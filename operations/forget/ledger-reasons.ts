import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { LedgerKey } from '../../domain/ledger';
import type { PlaceChange } from './receipt';
import { type Sayings, scrubText } from './scrub';

/** The reasons in the ledger of files, which can quote values of rows. */
export interface LedgerReasons {
  read(): AsyncIterable<LedgerKey & { readonly reason: string }>;
  /** Changes a reason, unless it is another one by now. A retry is safe. */
  replace(upload: LedgerKey, from: string, to: string): Promise<void>;
}

/** Those in a DynamoDB table. */
export function dynamoDbReasons(client: DynamoDBClient, table: string): LedgerReasons {
  return {
    async *read() {
      const query = {
        TableName: table,
        FilterExpression: 'attribute_exists(reason)',
        ProjectionExpression: '#k, upload, reason',
        ExpressionAttributeNames: { '#k': 'key' },
      };
      for await (const { Items = [] } of paginateScan({ client }, query)) {
        for (const { key, upload, reason } of Items)
          yield { key: key?.S ?? '', upload: upload?.S ?? '', reason: reason?.S ?? '' };
      }
    },

    async replace({ key, upload }, from, to) {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: { key: { S: key }, upload: { S: upload } },
        UpdateExpression: 'set reason = :to',
        ConditionExpression: 'reason = :from',
        ExpressionAttributeValues: { ':from': { S: from }, ':to': { S: to } },
      });
      try {
        await client.send(command);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

/** Takes what the reasons in the ledger say of a person out of them. */
export async function forgetReasons(
  ledger: LedgerReasons,
  said: Sayings,
  dryRun: boolean,
  found: (place: string, change: PlaceChange, count: number) => void,
): Promise<void> {
  let changed = 0;
  for await (const { reason, ...upload } of ledger.read()) {
    const scrubbed = scrubText(reason, said);
    if (scrubbed === reason) continue;
    if (!dryRun) await ledger.replace(upload, reason, scrubbed);
    changed += 1;
  }
  found('ledger', 'reasons changed', changed);
}
