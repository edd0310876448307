/**
 * The form of a contract's YAML file. `contracts/contract.schema.json` is generated from it (`npm run schema`), so every
 * property has the description that an editor shows.
 */

import { z } from 'zod';
import { NAME } from '../domain/contract-rules';
import { isTimeZone } from '../domain/time';

const name = z
  .string()
  .regex(NAME, 'expected lower-case letters, digits and underscores, a letter first, at most 63 characters');
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1, 'expected at least one');
const texts = some(z.string().min(1, 'expected a text'));

const TYPES = ['int64', 'text', 'money', 'double', 'boolean', 'timestamp', 'date', 'json'] as const;
const anyType = `expected one of ${TYPES.join(', ')}, or decimal(p,s) such as decimal(18,8)`;
const type = z.union(
  [z.enum(TYPES), z.string(anyType).regex(/^decimal\([1-9]\d?, ?\d{1,2}\)$/, anyType)],
  anyType,
);

const notation = z
  .strictObject({
    dateOrder: z.enum(['dmy', 'mdy', 'ymd']).describe('The order of numeric dates such as 9/10/2025.'),
    twoDigitYears: z
      .int()
      .min(1)
      .max(9900)
      .describe('The first year of the hundred that two-digit years are in: 1970 reads 69 as 2069.'),
    zone: z
      .string()
      .refine(isTimeZone, 'expected an IANA time zone such as Europe/Berlin')
      .describe('The IANA time zone of times without an offset. Default UTC.'),
    repeatedHour: z
      .enum(['first', 'second'])
      .describe('Which of the two hours a local time is in when clocks go back.'),
    abbreviations: z
      .record(z.string().min(1), z.string().regex(/^[+-]\d{2}:\d{2}$/, 'expected an offset such as "+01:00"'))
      .describe('The offsets of time zone abbreviations, such as CET: "+01:00".'),
    epoch: z
      .enum(['seconds', 'milliseconds', 'microseconds'])
      .describe('The unit of times that are numbers since 1970.'),
    excelSerial: z
      .literal([1900, 1904])
      .describe("The date system of times that are Excel's serial numbers."),
    decimal: z.enum(['.', ',']).describe('The decimal separator.'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as EUR')
      .describe("The ISO 4217 code of the amounts. Default the shop's currency."),
    leadingZeros: z.literal('drop').describe('Leading zeros of whole numbers mean nothing.'),
  })
  .partial()
  .describe('How values are written, where the values alone do not say it.');

const read = z
  .strictObject({
    encoding: z
      .string()
      .refine(isEncoding, 'expected an encoding such as windows-1252 or utf-16le')
      .describe('A label of the WHATWG Encoding Standard. Default UTF-8, or UTF-16 with a byte order mark.'),
    delimiter: z.enum([',', ';', '\t', '|']).describe('The character between cells. Default: detected.'),
    quote: z.literal('none').describe('none: a quote is a character like any other.'),
    escape: z
      .literal('\\')
      .describe('The character that escapes a quote inside quotes. Default a second quote.'),
    header: texts.describe('The column names of files without a header.'),
    skipRows: z.int().min(1).describe('Lines above the header.'),
    comment: z.string().min(1).describe('Lines that start with this text are left out.'),
    footer: z.int().min(1).describe('Rows at the end of the file that are no data, such as totals.'),
    shortRows: z.literal('fill').describe('fill: cells that a row lacks at its end are empty.'),
    nul: z.literal('remove').describe('remove: NUL bytes are left out.'),
  })
  .partial()
  .describe('How the bytes of a text file become rows, where the file alone does not say it.');

const condition = z.strictObject({
  column: z.string().min(1),
  values: some(z.string()).describe('Compared without case and surrounding white space.'),
});

const columnFields = {
  required: z
    .boolean()
    .describe('A row without a value in this column is rejected, and so is a file without this column.'),
  aliases: texts.describe('Other names of the column in files.'),
  notation,
  description: z.string(),
};
const kindColumn = z.strictObject({
  type: type.describe(
    'int64, text, money (decimal(18,4)), decimal(p,s), double, boolean, timestamp, date or json.',
  ),
  ...z
    .object({
      ...columnFields,
      pseudonymize: z
        .boolean()
        .describe('Its values are replaced by a keyed hash before they leave validate. The column is text.'),
    })
    .partial().shape,
});
const sourceColumn = z
  .strictObject({
    type: type.describe('Default text. A row without a value of this type is reported as bad.'),
    required: columnFields.required,
    aliases: columnFields.aliases,
    description: columnFields.description,
  })
  .partial();

const match = z
  .strictObject({ names: texts.describe('Patterns of file names with *, in any folder and any case.') })
  .describe('Default: the only contract whose required columns are in the header.');

const fileFields = { match, read, notation, description: z.string() };

const propertyNames = texts.describe('Names of properties, compared by letters and digits.');

const events = z
  .strictObject({
    items: name.describe('The kind of the items of events.'),
    names: z
      .record(name, z.array(z.string().min(1)))
      .describe('The names of events, and other names that mean the same.'),
    withoutProduct: z
      .record(z.string().min(1), name)
      .optional()
      .describe('The name that another one stands for in an event without a product.'),
    type: propertyNames.optional().describe('Properties that name an event without a name.'),
    subtype: propertyNames.optional().describe('Properties that say more about the name.'),
    weakNames: propertyNames.optional().describe('Properties that name an event if nothing else does.'),
    topics: z
      .record(z.string().min(1), name)
      .optional()
      .describe('The names of events without a name, by a word in their Kafka topic.'),
    containers: propertyNames.describe('Properties that only group others.'),
    lists: propertyNames.describe('Properties with the items.'),
    product: z
      .record(name, propertyNames)
      .describe('By column of the items: properties of an event that is about one product.'),
    leaveOut: propertyNames.optional().describe('Properties that are not stored.'),
  })
  .describe('The rows are made from events, in whatever form they are sent.');

const kindFields = {
  key: some(name).describe('The columns that identify a row.'),
  partition: z
    .strictObject({
      by: z
        .enum(['value', 'month', 'day'])
        .describe(
          'value: a partition per value of a text column; month, day: one per month or day of a timestamp or date. By day, a key is looked up in the day of its row only, which must never change.',
        ),
      of: name,
      uncertain: name
        .optional()
        .describe(
          'By day: the boolean column that is true in rows that are also looked up in the day before and after.',
        ),
    })
    .describe('How the staging table is divided.'),
};
const optionalKindFields = z
  .object({
    version: name.describe('The column that orders the versions of a row, before the upload time.'),
    revision: name.describe(
      'The column that orders the versions of a row that come from the same line of the same upload.',
    ),
    events,
    history: z.boolean().describe('Keeps every version of a row in staging/<kind>_history.'),
    deleted: condition.describe('Rows that delete their key.'),
    leaveOut: some(condition).describe('Rows that are left out without being bad.'),
    extra: z.literal('keep').describe('keep: unknown columns are kept as JSON in the column _extra.'),
    quantity: z
      .strictObject({
        column: name.describe('The number of pieces.'),
        of: name.describe('The column of the price.'),
        price: z
          .enum(['unit', 'line'])
          .optional()
          .describe(
            'The price is of one piece, or of the whole line. Undeclared, a number of pieces above 1 is refused.',
          ),
      })
      .describe('Needed if a column has numbers of pieces above 1.'),
    ...fileFields,
  })
  .partial().shape;

/** A kind of rows: `kind: orders`. */
export const contractSchema = z.strictObject({
  kind: name.describe('Names the staging table.'),
  ...kindFields,
  ...optionalKindFields,
  columns: z
    .record(name, kindColumn)
    .refine((columns) => Object.keys(columns).length > 0, 'expected at least one column'),
});
export type ContractDocument = z.output<typeof contractSchema>;

/** Changes to an included contract: `extends: orders`. */
export const changesSchema = z.strictObject({
  extends: name.describe('The kind whose contract this changes. What it does not mention stays.'),
  ...z.object(kindFields).partial().shape,
  ...optionalKindFields,
  columns: z.record(name, kindColumn.partial()).optional().describe('Changed and additional columns.'),
});
export type ChangesDocument = z.output<typeof changesSchema>;

/** Files with other rows, mapped by SQL: `source: shopify_orders`. */
export const sourceSchema = z.strictObject({
  source: name.describe('Names the source in results, ledger and console.'),
  maps: z
    .record(name, z.string().regex(/^[\w-]+\.sql$/, 'expected a file next to this one, such as orders.sql'))
    .refine((maps) => Object.keys(maps).length > 0, 'expected at least one kind')
    .describe('The SQL file next to this one that makes rows of a kind.'),
  fillDown: z
    .strictObject({
      by: z.string().min(1).describe('The column that names the group, such as the order.'),
      columns: texts.describe('The columns that have a value only on the first row of a group.'),
    })
    .optional()
    .describe('Fills values that are only on the first row of a group, before any row is left out.'),
  group: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The column whose rows are loaded together or not at all, such as the order. Default: that of fillDown.',
    ),
  ...z.object(fileFields).partial().shape,
  columns: z
    .record(z.string().min(1), sourceColumn)
    .refine((columns) => Object.keys(columns).length > 0, 'expected at least one column')
    .describe('The columns of the file. The SQL reads them as text.'),
});
export type SourceDocument = z.output<typeof sourceSchema>;

/** The JSON Schema (draft 2020-12) of a contract file. */
export function contractJsonSchema(): object {
  const of = (schema: z.ZodType) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    return rest;
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A contract of Daybook',
    description: 'docs/contracts.md describes it.',
    type: 'object',
    oneOf: [
      { title: 'a kind of rows', ...of(contractSchema) },
      { title: 'changes to an included contract', ...of(changesSchema) },
      { title: 'a source, mapped by SQL', ...of(sourceSchema) },
    ],
  };
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) !== undefined;
  } catch {
    return false;
  }
}
