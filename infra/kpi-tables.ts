import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { BY_DATE_INDEX, type ResourceNames } from '../domain/names';

/** The tables people read: an item per day, and an item per category and day. */
export class KpiTables extends Construct {
  readonly orders: Table;
  readonly categories: Table;

  constructor(scope: Construct, id: string, { names }: { names: ResourceNames }) {
    super(scope, id);
    const orderDate = { name: 'order_date', type: AttributeType.STRING };
    const category = { name: 'category', type: AttributeType.STRING };
    const common = {
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };

    this.orders = new Table(this, 'Orders', {
      ...common,
      tableName: names.orderTable,
      partitionKey: orderDate,
    });
    this.categories = new Table(this, 'Categories', {
      ...common,
      tableName: names.categoryTable,
      partitionKey: category,
      sortKey: orderDate,
    });
    this.categories.addGlobalSecondaryIndex({
      indexName: BY_DATE_INDEX,
      partitionKey: orderDate,
      sortKey: category,
    });
  }
}
