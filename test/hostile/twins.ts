import type { ValidatedFile } from '../../domain/workflow';
import { Validation } from '../tasks/validate/validation';
import { csvOf, type GeneratedTable } from './generated-table';

/**
 * Validates a table as CSV and in another format.
 * @returns in what their rows, bad rows and outcomes differ: nothing is to
 */
export async function differences(
  table: GeneratedTable,
  other: { key: string; body: Buffer },
): Promise<string[]> {
  const csv = await outcomeOf(`input/${table.kind}.csv`, Buffer.from(csvOf(table)));
  const same = await outcomeOf(other.key, other.body);
  return Object.entries(csv).flatMap(([name, value]) => {
    const [one, two] = [JSON.stringify(value), JSON.stringify(same[name as keyof typeof same])];
    return one === two ? [] : [`${name}: ${one} as CSV, ${two} as ${other.key}`];
  });
}

async function outcomeOf(key: string, body: Buffer) {
  const validation = new Validation();
  try {
    await validation.add(key, body);
    await validation.run({ MAX_BAD_ROW_SHARE: 1 });
    const file = validation.of(key);
    const staged = await validation.rows(key);
    return {
      outcome: file.outcome,
      reason: withoutLines(file),
      rows: file.rows,
      staged: staged.map(({ _source_key, _source_line, ...row }) => JSON.stringify(row)).sort(),
      bad: validation.rejectedRows(key).map(({ column, reason }) => ({ column, reason })),
    };
  } finally {
    validation.close();
  }
}

/** The line of a row is another one under a header. */
const withoutLines = ({ reason = '' }: ValidatedFile): string => reason.replaceAll(/lines? \d+/g, 'line');
