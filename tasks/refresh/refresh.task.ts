import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { CATEGORY_KPIS, ORDER_KPIS } from '../../catalog/kpis';
import { runTaskProcess } from '../../runtime/task-process';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { run } from './refresh';

const isTimeZone = (name: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const variables = {
  ORDER_TABLE: z.string().min(3),
  CATEGORY_TABLE: z.string().min(3),
  /** IANA name. */
  REPORTING_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'expected an IANA time zone, as Europe/Berlin'),
  /** The longest time that a run can be alive: its timeout in the state machine, and the time it has to stop. */
  REFRESH_LIFETIME_SECONDS: z.coerce.number().int().positive(),
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
