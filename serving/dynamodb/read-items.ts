import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { canonicalNumber, compositeKey, isNumber, type Mart, type MartCells } from '../../domain/mart';

/**
 * All items of a DynamoDB table, read consistently, without the composite key that their other attributes give. An attribute whose type does not match the column is returned as
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
    for (const item of page.Items ?? [])
      yield withoutComposite(mart, Object.fromEntries(Object.entries(item).map(cell)));
  }
}

/** A composite key that does not go with the item's other attributes stays, as an attribute that the mart does not have. */
function withoutComposite({ key }: Mart, item: MartCells): MartCells {
  const expected = compositeKey(key, item);
  const isOther = ([name, value]: [string, string]) => {
    const composite = expected[name];
    return composite === undefined || JSON.stringify({ S: composite }) !== value;
  };
  return Object.fromEntries(Object.entries(item).filter(isOther));
}
