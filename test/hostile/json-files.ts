import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { damage, damaged, type HostileFile } from './csv-files';
import { type GeneratedTable, generatedTable } from './generated-table';

/** How a cell is written, where its text leaves a choice. */
const NOTATIONS = ['plain', 'string', 'escaped', 'absent'] as const;

export interface JsonCase {
  readonly table: GeneratedTable;
  readonly body: Buffer;
  readonly key: string;
  /** The same file, damaged. */
  readonly damaged: HostileFile;
}

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

function member(name: string, cell: string, notation: (typeof NOTATIONS)[number]): string[] {
  const quoted = notation === 'escaped' ? escaped(name) : JSON.stringify(name);
  if (cell === '') return notation === 'absent' ? [] : [`${quoted}:${notation === 'plain' ? 'null' : '""'}`];
  if (notation === 'plain' && (NUMBER.test(cell) || cell === 'true')) return [`${quoted}:${cell}`];
  return [`${quoted}:${notation === 'escaped' ? escaped(cell) : JSON.stringify(cell)}`];
}

/** A string with every UTF-16 unit as an escape. */
function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

export const jsonCase: fc.Arbitrary<JsonCase> = fc
  .record({
    table: generatedTable,
    notations: fc.array(fc.constantFrom(...NOTATIONS), { minLength: 30, maxLength: 30 }),
    turn: fc.nat(12),
    array: fc.boolean(),
    space: fc.constantFrom('', ' ', '\t'),
    end: fc.constantFrom('\n', '\r\n', '\n\n'),
    mark: fc.constantFrom('', '\ufeff', '\n'),
    last: fc.boolean(),
    gzip: fc.boolean(),
    damages: fc.array(damage, { minLength: 1, maxLength: 3 }),
  })
  .map(({ table, notations, turn, array, space, end, mark, last, gzip, damages }) => {
    const { names } = table;
    const objects = table.rows.map((row, number) => {
      const order = names.map((_, at) => (at + turn * number) % names.length);
      const members = order.flatMap((at) =>
        member(
          names[at] as string,
          row[at] as string,
          notations[(at + number) % notations.length] ?? 'plain',
        ),
      );
      return `{${members.map((one) => space + one).join(`,${space}`)}}`;
    });
    const text = array ? `[${objects.join(`,${end}`)}]` : objects.join(end) + (last ? end : '');
    const body = Buffer.from(mark + text);
    const name = `input/${table.kind}.${array ? 'json' : 'ndjson'}`;
    return {
      table,
      key: gzip ? `${name}.gz` : name,
      body: gzip ? gzipSync(body) : body,
      damaged: { key: name, body: damaged(body, damages) },
    };
  });
