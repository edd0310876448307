import { catalog } from '../../catalog/catalog';
import { isNumber, keyAttributes } from '../../domain/mart';
import { tableOutput } from '../../domain/names';
import { synthesize } from './template';

const template = synthesize();
const tables = Object.entries(template.findResources('AWS::DynamoDB::Table')).filter(
  ([, { Properties }]) => Properties.TableName !== 'FileLedger',
);

test('every served mart has a table, with its key and the types of its columns', () => {
  const defined = tables.map(([, { Properties }]) => ({
    table: Properties.TableName,
    key: Properties.KeySchema.map(({ AttributeName }: { AttributeName: string }) => AttributeName),
    types: Object.fromEntries(
      Properties.AttributeDefinitions.map((one: Record<string, string>) => [
        one.AttributeName,
        one.AttributeType,
      ]),
    ),
  }));
  const expected = catalog.served.map(({ dynamoDb, key, columns }) => ({
    table: dynamoDb.table,
    key: keyAttributes(key),
    types: Object.fromEntries(
      [...new Set([keyAttributes(key), ...dynamoDb.indexes.map((index) => index.key)].flat())].map((name) => [
        name,
        isNumber(columns.find((column) => column.name === name)?.type) ? 'N' : 'S',
      ]),
    ),
  }));
  const byTable = (a: { table: string }, b: { table: string }) => (a.table < b.table ? -1 : 1);
  expect(defined.sort(byTable)).toEqual(expected.sort(byTable));
});

test('every table is an output of the template; those of the first marts keep their names', () => {
  const outputs = template.findOutputs('*');
  for (const [id, { Properties }] of tables) {
    const mart = catalog.served.find(({ dynamoDb }) => dynamoDb.table === Properties.TableName);
    expect(outputs[tableOutput(mart?.name ?? '')]?.Value).toEqual({ Ref: id });
  }
  expect(Object.keys(outputs)).toEqual(
    expect.arrayContaining(['OrderTable', 'CategoryTable', 'ProductSalesTable', 'CustomerValueTable']),
  );
});

test('both roles of transform may write and scan every table, and nobody else may write', () => {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const granted = policies
    .filter(({ Properties }) => JSON.stringify(Properties).includes('dynamodb:BatchWriteItem'))
    .map(({ Properties }) => {
      const statements = Properties.PolicyDocument.Statement;
      const ofTables = statements.filter(({ Action }: { Action: string | string[] }) =>
        [Action].flat().includes('dynamodb:BatchWriteItem'),
      );
      return {
        role: JSON.stringify(Properties.Roles).toLowerCase().includes('transform'),
        tables: ofTables
          .flatMap(({ Resource }: { Resource: unknown }) => [Resource].flat())
          .map((arn: { 'Fn::GetAtt': [string, string] }) => arn['Fn::GetAtt'][0])
          .sort(),
      };
    });
  const all = tables.map(([id]) => id).sort();
  expect(granted).toEqual([
    { role: true, tables: all },
    { role: true, tables: all },
  ]);
});

test('the dashboard links every table', () => {
  const dashboards = JSON.stringify(template.findResources('AWS::CloudWatch::Dashboard'));
  for (const [id, { Properties }] of tables)
    expect(dashboards.includes(Properties.TableName) || dashboards.includes(id)).toBe(true);
});
