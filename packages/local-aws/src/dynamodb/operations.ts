import batchGetItem from 'dynalite/actions/batchGetItem';
import createTable from 'dynalite/actions/createTable';
import deleteItem from 'dynalite/actions/deleteItem';
import deleteTable from 'dynalite/actions/deleteTable';
import describeTable from 'dynalite/actions/describeTable';
import describeTimeToLive from 'dynalite/actions/describeTimeToLive';
import getItem from 'dynalite/actions/getItem';
import listTables from 'dynalite/actions/listTables';
import listTagsOfResource from 'dynalite/actions/listTagsOfResource';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import tagResource from 'dynalite/actions/tagResource';
import untagResource from 'dynalite/actions/untagResource';
import updateItem from 'dynalite/actions/updateItem';
import updateTable from 'dynalite/actions/updateTable';
import type { Store } from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import * as batchGetItemRules from 'dynalite/validations/batchGetItem';
import * as batchWriteItemRules from 'dynalite/validations/batchWriteItem';
import * as createTableRules from 'dynalite/validations/createTable';
import * as deleteItemRules from 'dynalite/validations/deleteItem';
import * as deleteTableRules from 'dynalite/validations/deleteTable';
import * as describeTableRules from 'dynalite/validations/describeTable';
import * as describeTimeToLiveRules from 'dynalite/validations/describeTimeToLive';
import * as getItemRules from 'dynalite/validations/getItem';
import * as listTablesRules from 'dynalite/validations/listTables';
import * as listTagsOfResourceRules from 'dynalite/validations/listTagsOfResource';
import * as putItemRules from 'dynalite/validations/putItem';
import * as queryRules from 'dynalite/validations/query';
import * as scanRules from 'dynalite/validations/scan';
import * as tagResourceRules from 'dynalite/validations/tagResource';
import * as untagResourceRules from 'dynalite/validations/untagResource';
import * as updateItemRules from 'dynalite/validations/updateItem';
import * as updateTableRules from 'dynalite/validations/updateTable';
import { AwsError } from '../endpoint/service';
import batchWriteItem from './batch-write-item';
import transactWriteItems, * as transactWriteItemsRules from './transact-write-items';

const OPERATIONS = {
  BatchGetItem: { action: batchGetItem, rules: batchGetItemRules },
  BatchWriteItem: { action: batchWriteItem, rules: batchWriteItemRules },
  CreateTable: { action: createTable, rules: createTableRules },
  DeleteItem: { action: deleteItem, rules: deleteItemRules },
  DeleteTable: { action: deleteTable, rules: deleteTableRules },
  DescribeTable: { action: describeTable, rules: describeTableRules },
  DescribeTimeToLive: { action: describeTimeToLive, rules: describeTimeToLiveRules },
  GetItem: { action: getItem, rules: getItemRules },
  ListTables: { action: listTables, rules: listTablesRules },
  ListTagsOfResource: { action: listTagsOfResource, rules: listTagsOfResourceRules },
  PutItem: { action: putItem, rules: putItemRules },
  Query: { action: query, rules: queryRules },
  Scan: { action: scan, rules: scanRules },
  TagResource: { action: tagResource, rules: tagResourceRules },
  TransactWriteItems: { action: transactWriteItems, rules: transactWriteItemsRules },
  UntagResource: { action: untagResource, rules: untagResourceRules },
  UpdateItem: { action: updateItem, rules: updateItemRules },
  UpdateTable: { action: updateTable, rules: updateTableRules },
};

export type OperationName = keyof typeof OPERATIONS;

export const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);

/** An error from dynalite, with the response body of DynamoDB. */
export class DynamoDbError extends Error {
  constructor(
    readonly operation: string,
    readonly status: number,
    readonly body: object,
  ) {
    super(`${operation}: ${JSON.stringify(body)}`);
    this.name = 'DynamoDbError';
  }
}

/**
 * Runs one operation against the store.
 *
 * @param input the request's input; may be changed
 * @returns the response body
 * @throws DynamoDbError, or AwsError UnknownOperationException for an unsupported operation
 */
export async function runOperation(store: Store, name: string, input: unknown): Promise<object> {
  if (!isOperation(name)) {
    throw new AwsError(
      'UnknownOperationException',
      `dynamodb: the operation ${name || '(none)'} is not supported locally`,
    );
  }
  const { action, rules } = OPERATIONS[name];
  try {
    const data = checkTypes(input, rules.types);
    checkValidations(data, rules.types, rules.custom, store);
    return await new Promise<object>((resolve, reject) => {
      action(store, data, (error, result) => (error ? reject(error) : resolve(result ?? {})));
    });
  } catch (error) {
    throw isAnswer(error) ? new DynamoDbError(name, error.statusCode, error.body) : error;
  }
}

function isAnswer(error: unknown): error is Error & { statusCode: number; body: object } {
  return error instanceof Error && 'statusCode' in error && 'body' in error;
}
