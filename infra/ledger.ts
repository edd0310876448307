import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BY_OUTCOME_INDEX, type ResourceNames } from '../domain/names';
import type { Functions } from './functions';

interface LedgerProps {
  readonly names: ResourceNames;
  readonly functions: Functions;
}

/**
 * The table of the outcome of every file. Only items with a time of expiry, those of files of events, expire. The index lists files by outcome, newest first. It contains whole
 * items, because the lists for people show them. DynamoDB splits a large outcome into partitions by time.
 */
export class Ledger extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { names, functions }: LedgerProps) {
    super(scope, id);
    this.table = new Table(this, 'Files', {
      tableName: names.ledgerTable,
      partitionKey: { name: 'key', type: AttributeType.STRING },
      sortKey: { name: 'upload', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expires_at',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: BY_OUTCOME_INDEX,
      partitionKey: { name: 'outcome', type: AttributeType.STRING },
      sortKey: { name: 'updated_at', type: AttributeType.STRING },
    });

    const { orchestrator, move, settle } = functions;
    const grant = (lambda: LambdaFunction, ...actions: string[]) => {
      lambda.addEnvironment('LEDGER_TABLE', this.table.tableName);
      // Not the grant of the table, which includes its index.
      lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [this.table.tableArn] }));
    };
    grant(orchestrator, 'dynamodb:UpdateItem', 'dynamodb:Query');
    grant(move, 'dynamodb:BatchGetItem');
    grant(settle, 'dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:Query');
  }
}
