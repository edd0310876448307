/**
 * The form of `mart.yaml`. `marts/mart.schema.json` is generated from it (`npm run schema`), so every property has the description
 * that an editor shows.
 */

import { z } from 'zod';
import { NAME } from '../domain/contract-rules';

const name = z
  .string()
  .regex(NAME, 'expected lower-case letters, digits and underscores, a letter first, at most 63 characters');
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1, 'expected at least one');

const TYPES = ['date', 'text', 'count', 'money', 'percent', 'int64', 'boolean', 'timestamp'] as const;
const anyType = `expected one of ${TYPES.join(', ')}, or decimal(p,s) such as decimal(38,4)`;
const type = z
  .union(
    [z.enum(TYPES), z.string(anyType).regex(/^decimal\(([1-9]|[12]\d|3[0-8]), ?\d{1,2}\)$/, anyType)],
    anyType,
  )
  .describe(
    'count and int64 are whole numbers; money is rounded half up to 2 decimals, percent to 2 decimals of 0 to 100; decimal(p,s) is exact.',
  );

const column = z
  .strictObject({
    type,
    like: z
      .string()
      .regex(/^[a-z]\w*\.\w+$/, 'expected a column of a contract such as orders.user_id')
      .describe('A column of a contract that has the same values: its type is the type of this one.'),
    unit: z.string().min(1).describe('What one is, where the type does not say it: orders, pieces, days.'),
    description: z.string().min(1).describe('What the value says. The data catalogue prints it.'),
    nullable: z
      .boolean()
      .describe(
        'A value can be missing. In an additive mart it is then missing in all rows that add up to a key, or in none.',
      ),
    rate: z
      .strictObject({ dividend: name, divisor: name })
      .describe(
        'The quotient of two other columns, times 100 for a percent, rounded half up; null where the divisor is 0. The query does not give this column.',
      ),
    additive: z
      .literal(false)
      .describe('false: the value does not add up over days, such as a count of distinct customers.'),
  })
  .partial()
  .required({ description: true });

const columns = z
  .record(name, column)
  .refine((all) => Object.keys(all).length > 0, 'expected at least one column');

const input = z.union(
  [
    name,
    z.strictObject({
      name,
      day: name
        .optional()
        .describe('The timestamp or date that puts a row in a day of a mart that is refreshed by day.'),
    }),
  ],
  'expected a name such as orders, or { name: orders, day: created_at }',
);

const dynamoDbName = z
  .string()
  .regex(/^[\w.-]{3,200}$/, 'expected 3 to 200 letters, digits, underscores, dots and hyphens');

/** What `mart.yaml` says; the folder names the mart. */
export const martSchema = z.strictObject({
  grain: z.string().min(1).describe('What one row is: one row per day with an order.'),
  description: z
    .string()
    .min(1)
    .describe('What the mart tells, in a line. Commands and the console print it.'),
  command: z
    .string()
    .regex(/^[a-z][a-z-]*$/, 'expected lower-case letters and hyphens')
    .optional()
    .describe('Its subcommand of daybook kpis.'),
  key: some(name).describe(
    'The columns that identify a row, never null; the partition key of the DynamoDB table first.',
  ),
  columns: columns.describe('The stored columns. <name>.sql gives all of them but rates.'),
  inputs: some(input).describe(
    'What <name>.sql reads: kinds, other marts, and counted_orders, counted_items, counted_products, counted_events, counted_event_items, whose rows the marts include.',
  ),
  refresh: z
    .strictObject({
      by: z
        .enum(['day', 'user', 'product', 'transaction', 'session', 'order', 'row', 'all'])
        .describe(
          'What is recomputed when a row changes. day, user, product, transaction: the rows of this key column that a change affects. session: the rows of the sessions that touched.sql gives. order, row: the orders, or rows, that changed, for additive marts. all: everything.',
        ),
      aggregate: z
        .literal('additive')
        .optional()
        .describe('The values are sums and counts: old ones are subtracted, and new ones added.'),
      exists: name
        .optional()
        .describe('The count of what a row of an additive mart is of. The row exists while it is above 0.'),
    })
    .describe('How the mart follows changes of its inputs.'),
  view: z
    .strictObject({
      reads: some(name).optional().describe('Kinds and marts that <name>.view.sql reads besides this mart.'),
      columns: columns.describe('The columns that it adds.'),
    })
    .optional()
    .describe(
      'Values that depend on all rows or on the present: <name>.view.sql computes them when they are read.',
    ),
  serve: z
    .strictObject({
      dynamodb: z
        .strictObject({
          table: dynamoDbName.describe("The table's name without the deployment's prefix."),
          id: z
            .string()
            .regex(
              /^[A-Z][A-Za-z0-9]{0,63}$/,
              'expected letters and digits, a capital first, such as OrderKPIs',
            )
            .describe('Its id in the template. CloudFormation replaces a table whose id changes.'),
          indexes: z
            .record(dynamoDbName, some(name))
            .optional()
            .describe('Other keys to look rows up by, by the name of the index.'),
        })
        .describe('A DynamoDB table with the stored columns, for lookups by key.'),
    })
    .optional()
    .describe('Where the mart is served besides the lake.'),
  load: z
    .literal(true)
    .optional()
    .describe('true: a warehouse has a copy of the stored columns, the table marts.<name>.'),
});
export type MartDocument = z.output<typeof martSchema>;

/** The JSON Schema (draft 2020-12) of `mart.yaml`. */
export function martJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(martSchema, { io: 'input' });
  return { $schema, title: 'A mart of Daybook', description: 'docs/marts.md describes it.', ...rest };
}
