import { z } from 'zod';
import type { FileFault } from './file-faults';
import { checkForm, type LineOf, parseYaml } from './yaml-file';

/** A row by column; values as text, so that no digit is lost. `null` is no value. */
export type CaseRow = Readonly<Record<string, string>>;

/** Rows that are given, and those that the mart then has. */
export interface MartCase {
  readonly case: string;
  /** The reporting time zone; UTC if not given. */
  readonly timeZone?: string | undefined;
  /** By kind or mart; the marts that are not given are computed. */
  readonly given: Readonly<Record<string, readonly CaseRow[]>>;
  /** All rows that are stored; columns that a row does not mention are not compared. */
  readonly rows?: readonly CaseRow[] | undefined;
  /** All rows that the view gives, likewise. */
  readonly view?: readonly CaseRow[] | undefined;
}

const rows = z.array(z.record(z.string(), z.string()));
const casesSchema = z
  .array(
    z
      .strictObject({
        case: z.string().min(1),
        timeZone: z.string().optional(),
        given: z.record(z.string(), rows),
        rows: rows.optional(),
        view: rows.optional(),
      })
      .refine(
        (one) => one.rows ?? one.view,
        'expected "rows" or "view" with the rows that the mart then has',
      ),
  )
  .min(1, 'expected at least one case');

export interface CaseFile {
  readonly cases: readonly MartCase[];
  readonly lineOf: LineOf;
}

/** Parses the text of cases.yaml, and checks its form. @returns every fault, in the order of the file */
export function parseCaseFile(text: string): CaseFile | { readonly faults: readonly FileFault[] } {
  const yaml = parseYaml(text, 'failsafe');
  if ('faults' in yaml) return yaml;
  const checked = checkForm(yaml, casesSchema, {
    case: 'case: a returned order',
    given: 'given: { orders: [] }',
  });
  return 'faults' in checked ? checked : { cases: checked.document, lineOf: yaml.lineOf };
}
