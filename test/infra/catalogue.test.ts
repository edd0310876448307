import { catalog, createCatalog } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { commentsOf, glueColumns } from '../../infra/glue-table';
import { NAMED_QUERIES, namedQueriesOf } from '../../infra/named-queries';
import { kpiCatalog } from '../builders/kpi-catalog';
import { synthesize } from './template';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const template = synthesize('dev-', { athenaScanLimitMb: 50 });
const properties = (type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const tableInputs = properties('AWS::Glue::Table').map(({ TableInput }) => TableInput);
const [policy] = properties('AWS::IAM::ManagedPolicy');
const statements = policy.PolicyDocument.Statement as Statement[];

test('every table of the lake is in the database as an external Delta table at its location', () => {
  template.hasResourceProperties('AWS::Glue::Database', { DatabaseInput: { Name: 'dev_daybook' } });
  const external = tableInputs.filter(({ TableType }) => TableType === 'EXTERNAL_TABLE');
  expect(external.map(({ Name }) => Name).sort()).toEqual(catalog.tables.map(({ name }) => name).sort());
  for (const { Name, Parameters, PartitionKeys, StorageDescriptor: descriptor } of external) {
    const spec = catalog.tables.find(({ name }) => name === Name);
    expect(Parameters).toMatchObject({
      'spark.sql.sources.provider': 'delta',
      table_type: 'delta',
      EXTERNAL: 'TRUE',
    });
    expect(PartitionKeys).toEqual([]);
    expect(JSON.stringify(descriptor.Location)).toContain(`/${spec?.location}/`);
    expect(descriptor.SerdeInfo.Parameters.path).toEqual(descriptor.Location);
    expect(descriptor.Columns.map((column: { Name: string }) => column.Name)).toEqual(
      spec?.columns.map(({ name }) => name),
    );
  }
});

test('a mart with a view has it beside its table, with the columns of both', () => {
  const withView = catalog.marts.filter(({ view }) => view);
  const views = tableInputs.filter(({ TableType }) => TableType === 'VIRTUAL_VIEW');
  expect(views.map(({ Name }) => Name).sort()).toEqual(withView.map(({ name }) => `${name}_view`).sort());
  for (const { name, columns, view } of withView) {
    const found = views.find(({ Name }) => Name === `${name}_view`);
    expect(found.StorageDescriptor.Columns.map((column: { Name: string }) => column.Name)).toEqual(
      [...columns, ...(view?.columns ?? [])].map((column) => column.name),
    );
    expect(found).toMatchObject({
      Parameters: { presto_view: 'true' },
      ViewExpandedText: '/* Presto View */',
    });
  }
});

test('types are those of Hive, and comments come from the definitions on one line', () => {
  const spec = catalog.stagingTable('order_items');
  const columns = glueColumns(spec.columns, commentsOf(spec, catalog));
  const found = (name: string) => columns.find((column) => column.name === name);
  expect(found('id')).toEqual({ name: 'id', type: 'bigint', comment: 'item' });
  expect(found('sale_price')).toEqual({
    name: 'sale_price',
    type: 'decimal(18,4)',
    comment: 'of all pieces of the row in the table; missing or <= 0: the item is excluded',
  });
  expect(found('_deleted')?.comment).toContain('where _deleted is null');
  expect(commentsOf(spec, catalog).table).toBe(catalog.contract('order_items').description);
  const [long] = glueColumns([{ name: 'a', type: 'string' }], {
    table: '',
    columns: new Map([['a', `one\n  two ${'x'.repeat(300)}`]]),
  });
  expect(long?.comment).toMatch(/^one two x+$/);
  expect(long?.comment).toHaveLength(255);
});

test('a history is described as one', () => {
  const contracts = definitions.contracts.map((one) =>
    one.kind === 'orders' ? { ...one, history: true } : one,
  );
  const changed = createCatalog({ ...definitions, contracts });
  const spec = changed.historyTable('orders');
  if (!spec) throw new Error('orders has no history');
  expect(commentsOf(spec, changed).table).toBe('Every version of the rows of orders, deletions too.');
});

test('the workgroup enforces its limit, and encrypts results below athena/, where they expire', () => {
  template.hasResourceProperties('AWS::Athena::WorkGroup', {
    Name: 'dev-Daybook',
    WorkGroupConfiguration: {
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 50 * 1024 * 1024,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    },
  });
  const [{ WorkGroupConfiguration }] = properties('AWS::Athena::WorkGroup');
  expect(JSON.stringify(WorkGroupConfiguration.ResultConfiguration.OutputLocation)).toContain('/athena/');
  const [{ LifecycleConfiguration }] = properties('AWS::S3::Bucket');
  expect(LifecycleConfiguration.Rules).toContainEqual({
    Id: 'athena-results-expire',
    Prefix: 'athena/',
    ExpirationInDays: 7,
    Status: 'Enabled',
  });
});

test('every question is a named query of the workgroup, with the text of its file', () => {
  const found = properties('AWS::Athena::NamedQuery');
  expect(found.map(({ Name, QueryString, Description }) => ({ Name, QueryString, Description }))).toEqual(
    NAMED_QUERIES.map(({ name, sql, question }) => ({
      Name: `dev-${name}`,
      QueryString: sql,
      Description: question,
    })),
  );
  for (const { WorkGroup } of found) expect(WorkGroup).toEqual({ Ref: 'Workgroup' });
});

test('queries of tables that a deployment lacks are left out', () => {
  expect(namedQueriesOf(kpiCatalog).map(({ name }) => name)).toEqual([
    'daily_revenue',
    'monthly_revenue',
    'top_categories',
    'order_statuses',
  ]);
});

test('readers change nothing in Glue, write results alone, and read neither input files nor results of executions', () => {
  const actions = statements.flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /^glue:(?!Get)/.test(action))).toEqual([]);
  const resourcesFor = (action: string) =>
    statements
      .filter(({ Action }) => [Action].flat().includes(action))
      .map(({ Resource }) => JSON.stringify(Resource))
      .join();
  expect(resourcesFor('s3:PutObject')).toContain('/athena/*');
  expect(resourcesFor('s3:PutObject')).not.toMatch(/staging|kpis|marts/);
  for (const prefix of ['staging', 'kpis', 'marts', 'athena'])
    expect(resourcesFor('s3:GetObject')).toContain(`/${prefix}/*`);
  expect(resourcesFor('s3:GetObject')).not.toMatch(/input|archive|rejected|results\//);
  expect(resourcesFor('athena:StartQueryExecution')).toContain('workgroup/dev-Daybook');
  expect(actions.filter((action) => action.startsWith('s3:Delete'))).toEqual([]);
});
