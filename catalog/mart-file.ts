import type { DecimalType } from '../domain/contract';
import type { Mart, MartColumn, MartColumnType } from '../domain/mart';
import type { FileFault } from './file-faults';
import { type MartDocument, martSchema } from './mart-schema';
import { checkForm, type LineOf, parseYaml } from './yaml-file';

/** What `mart.yaml` says, without the SQL beside it. */
export interface MartFile {
  readonly mart: Omit<Mart, 'name' | 'sql' | 'touched' | 'view'>;
  readonly view?: MartDocument['view'];
  readonly lineOf: LineOf;
}

/** Parses the text of `mart.yaml`, and checks its form. @returns every fault, in the order of the file */
export function parseMartFile(text: string): MartFile | { readonly faults: readonly FileFault[] } {
  const yaml = parseYaml(text);
  if ('faults' in yaml) return yaml;
  const { lineOf } = yaml;
  const checked = checkForm(yaml, martSchema, EXAMPLES);
  if ('faults' in checked) return checked;
  const { columns, inputs, serve, view, ...document } = checked.document;
  const untyped = [
    ...untypedColumns(columns, ['columns']),
    ...untypedColumns(view?.columns ?? {}, ['view', 'columns']),
  ];
  if (untyped.length > 0) {
    return {
      faults: untyped.map((place) => ({
        line: lineOf(place),
        message: `${place.join('.')}: it has no type: add "type: count" or another one, or "like: orders.user_id" for the type of a contract's column`,
      })),
    };
  }
  return {
    mart: plain({
      ...document,
      columns: columnsOf(columns),
      inputs: inputs.map((input) => (typeof input === 'string' ? { name: input } : input)),
      ...(serve && { dynamoDb: dynamoDbOf(serve.dynamodb) }),
    }),
    ...(view && { view }),
    lineOf,
  };
}

/** The columns of a mart or a view, in their order. */
export const columnsOf = (columns: MartDocument['columns']): MartColumn[] =>
  Object.entries(columns).map(([name, { type = 'int64', ...column }]) =>
    plain({ name, type: type.replace(', ', ',') as MartColumnType | DecimalType, ...column }),
  );

const untypedColumns = (columns: MartDocument['columns'], at: readonly string[]): string[][] =>
  Object.entries(columns)
    .filter(([, { type, like }]) => type === undefined && like === undefined)
    .map(([name]) => [...at, name]);

function dynamoDbOf({
  table,
  id,
  indexes = {},
}: NonNullable<MartDocument['serve']>['dynamodb']): Mart['dynamoDb'] {
  return { table, id, indexes: Object.entries(indexes).map(([name, key]) => ({ name, key })) };
}

/** Without properties that are undefined, so that equal marts have equal JSON. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

const EXAMPLES = {
  grain: 'grain: one row per day with an order',
  description: 'description: orders and revenue per day',
  key: 'key: [order_date]',
  columns: 'columns: { order_date: { type: date, description: day of the order } }',
  inputs: 'inputs: [counted_orders]',
  refresh: 'refresh: { by: day }',
  by: 'by: day',
};
