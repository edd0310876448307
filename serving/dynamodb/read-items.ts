import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { canonicalNumber, isNumber, type Mart, type MartCells } from '../../domain/mart';

/**
 * All items of a DynamoDB table, read consistently. An attribute whose type does not match the column is returned as
 * DynamoDB's JSON, which equals no valid value.
 */
export async function* readItems(
  client: DynamoDBClient,
  table: string,
  mart: Mart,
): AsyncIterable<MartCells> {
  const types = new Map(mart.columns.map(({ name, type }) => [name, type]));
  const cell = ([name, value]: [string, AttributeValue]): [string, string] => {
    const type = types.get(name);
    if (isNumber(type) && value.N !== undefined) return [name, canonicalNumber(value.N)];
    if (type === 'boolean' && value.BOOL !== undefined) return [name, String(value.BOOL)];
    const isText = type !== undefined && type !== 'boolean' && !isNumber(type);
    if (isText && value.S !== undefined) return [name, value.S];
    return [name, JSON.stringify(value)];
  };
  for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
    for (const item of page.Items ?? []) yield Object.fromEntries(Object.entries(item).map(cell));
  }
}
