import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import type { ServedMart } from '../../domain/mart';
import { resourceNames } from '../../domain/names';
import { DAY_VARIABLES } from '../../runtime/config';
import { ENGINE_VARIABLES } from '../../runtime/spark-rounds';
import { runTaskProcess } from '../../runtime/task-process';
import { dynamoDbStore } from '../../serving/dynamodb/dynamodb-store';
import { run } from './refresh';

const variables = {
  /** The deployment's prefix, added to the names of its DynamoDB tables. */
  RESOURCE_PREFIX: z.string().default(''),
  ...DAY_VARIABLES,
  ...ENGINE_VARIABLES,
  /** The longest time that a run can be alive: its timeout in the state machine, and the time it has to stop. */
  REFRESH_LIFETIME_SECONDS: z.coerce.number().int().positive(),
};

void runTaskProcess({
  task: 'transform',
  contracts: catalog.contractsHash,
  marts: catalog.martsHash,
  variables,
  run: (input, deps) => {
    // An on-demand table throttles while it scales up; the SDK backs off after every attempt.
    const client = new DynamoDBClient({ maxAttempts: 10, cacheMiddleware: true });
    // It goes through every value of every request, a sixth of the time of a write, although nothing logs.
    client.middlewareStack.remove('loggerMiddleware');
    const { table } = resourceNames(deps.config.RESOURCE_PREFIX);
    const storeOf = (mart: ServedMart) => dynamoDbStore(client, table(mart.dynamoDb.table), mart);
    return run(input, { ...deps, catalog, storeOf }).finally(() => client.destroy());
  },
});
