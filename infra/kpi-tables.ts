import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { catalog } from '../catalog/catalog';
import { isNumber, keyAttributes, type Mart, type ServedMart } from '../domain/mart';
import type { ResourceNames } from '../domain/names';

/** The DynamoDB tables with the KPIs: one per mart that it serves. */
export class KpiTables extends Construct {
  /** By the mart's name. */
  readonly tables: ReadonlyMap<string, Table>;

  constructor(scope: Construct, id: string, { names }: { names: ResourceNames }) {
    super(scope, id);
    this.tables = new Map(catalog.served.map((mart) => [mart.name, this.define(mart, names)]));
  }

  private define(mart: ServedMart, names: ResourceNames): Table {
    const { id, indexes } = mart.dynamoDb;
    const table = new Table(this, id, {
      tableName: names.table(mart.dynamoDb.table),
      ...keySchema(mart, keyAttributes(mart.key)),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const { name, key } of indexes) {
      table.addGlobalSecondaryIndex({ indexName: name, ...keySchema(mart, key) });
    }
    return table;
  }
}

function keySchema({ columns }: Mart, [partitionKey = '', sortKey]: readonly string[]) {
  const attribute = (name: string) => ({
    name,
    type: isNumber(columns.find((column) => column.name === name)?.type)
      ? AttributeType.NUMBER
      : AttributeType.STRING,
  });
  return {
    partitionKey: attribute(partitionKey),
    ...(sortKey !== undefined && { sortKey: attribute(sortKey) }),
  };
}
