import type { Catalog } from '../../catalog/catalog';
import { isServed, type Mart } from '../../domain/mart';
import type { Lake } from '../../lake/lake';
import type { Deployment } from '../deployment';
import type { MartChoice } from './choice';
import { readFromDynamoDb } from './dynamodb-rows';
import type { MartRows } from './rows';

/**
 * The rows of a mart: from DynamoDB if that serves all of its columns, otherwise from the lake, with the columns of its view.
 * @param withLake gives access to the deployment's lake, only if it is needed
 * @throws DeploymentError if the mart has no table yet; what DynamoDB and the lake throw
 */
export async function readMart(
  { dynamoDb, names }: Pick<Deployment, 'dynamoDb' | 'names'>,
  catalog: Catalog,
  mart: Mart,
  choice: MartChoice,
  withLake: (work: (lake: Lake) => Promise<MartRows>) => Promise<MartRows>,
): Promise<MartRows> {
  if (isServed(mart) && !mart.view) {
    return readFromDynamoDb(dynamoDb, names.table(mart.dynamoDb.table), mart, choice);
  }
  // Loads DuckDB only where it is needed.
  const { readFromLake } = await import('./lake-rows');
  return withLake((lake) => readFromLake(lake, catalog, mart, choice));
}
