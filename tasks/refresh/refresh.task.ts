import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { CATEGORY_KPIS, ORDER_KPIS } from '../../catalog/kpis';
import { isTimeZone } from '../../domain/time';
import { runTaskProcess } from '../../runtime/task-process';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { run } from './refresh';

const variables = {
  ORDER_TABLE: z.string().min(3),
  CATEGORY_TABLE: z.string().min(3),
  /** IANA name. */
  REPORTING_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'expected an IANA time zone, as Europe/Berlin'),
};

void runTaskProcess({
  task: 'transform',
  variables,
  run: (input, deps) => {
    // A table on demand throttles while it grows; the SDK waits longer with every attempt.
    const client = new DynamoDBClient({ maxAttempts: 10 });
    const stores = {
      order_kpis: dynamoDbStore(client, deps.config.ORDER_TABLE, ORDER_KPIS),
      category_kpis: dynamoDbStore(client, deps.config.CATEGORY_TABLE, CATEGORY_KPIS),
    };
    return run(input, { ...deps, stores }).finally(() => client.destroy());
  },
});
