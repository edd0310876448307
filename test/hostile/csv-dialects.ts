import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import type { Contract, ReadOptions } from '../../domain/contract';
import { zipOf } from '../builders/zip';
import { zstdOf } from '../builders/zstd';
import { damage, damaged, type HostileFile } from './csv-files';
import { type GeneratedTable, generatedTable } from './generated-table';

/** A CSV file in a spelling of its own, and the contracts that say how it is read. */
export interface DialectCase {
  readonly name: string;
  readonly bytes: Buffer;
  readonly packing: string;
  readonly contracts: readonly Contract[];
}

const READ = fc.oneof(
  { arbitrary: fc.constant<ReadOptions>({}), weight: 8 },
  fc.constantFrom<ReadOptions>(
    { quote: 'none' },
    { escape: '\\' },
    { encoding: 'windows-1252' },
    { encoding: 'utf-16le' },
    { delimiter: ';' },
    { skipRows: 2 },
    { comment: '#' },
    { footer: 2 },
    { shortRows: 'fill' },
    { shortRows: 'fill', comment: '#', footer: 1 },
    { nul: 'remove' },
  ),
);

/** Lines above the header. */
const TITLES = fc.oneof(
  { arbitrary: fc.constant<string[]>([]), weight: 4 },
  fc.constantFrom(
    ['sep=;'],
    ['sep=,'],
    ['"sep=;"'],
    ['Shop', ''],
    ['Export,of;today'],
    ['', ''],
    ['# a', '#b'],
  ),
);

/** What a row may look like, besides its cells. */
const SPELLING = fc.record({
  quoted: fc.constantFrom('never', 'needed', 'always', 'backslash', 'open', 'misplaced'),
  /** Cells that are added at its end, or left out. */
  more: fc.oneof({ arbitrary: fc.constant(0), weight: 8 }, fc.integer({ min: -3, max: 3 })),
  /** The end of its line, if it is not that of the file. */
  end: fc.oneof({ arbitrary: fc.constant(undefined), weight: 12 }, fc.constantFrom('\n', '\r\n', '\r')),
  /** What follows it. */
  next: fc.oneof(
    { arbitrary: fc.constant('nothing' as const), weight: 12 },
    fc.constantFrom('header', 'marked header', 'other header', 'blank', 'spaces', 'delimiters', 'comment'),
  ),
});

type Spelling = typeof SPELLING extends fc.Arbitrary<infer T> ? T : never;

const PACKING: Readonly<Record<string, (bytes: Buffer, name: string) => Buffer | Promise<Buffer>>> = {
  '': (bytes) => bytes,
  '.gz': (bytes) => {
    const middle = bytes.length >> 1;
    return Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
  },
  '.zip': (bytes, name) => zipOf({ [name]: bytes }),
  '.zst': (bytes) => zstdOf(bytes),
};

const ENCODED: Readonly<Record<string, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8 with mark': (text) => Buffer.from(`\ufeff${text}`),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16le with mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf-16be with mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  'latin-1': (text) => Buffer.from(text, 'latin1'),
};

export const dialectCase: fc.Arbitrary<DialectCase> = fc
  .record({
    table: generatedTable,
    read: READ,
    titles: TITLES,
    header: SPELLING,
    spellings: fc.array(SPELLING, { minLength: 12, maxLength: 12 }),
    /** All rows have the first spelling. */
    isUniform: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    tail: fc.constantFrom('', 'end', 'ends', 'spaces'),
    encoding: fc.oneof(
      { arbitrary: fc.constantFrom('utf-8', 'utf-8 with mark'), weight: 3 },
      fc.constantFrom(...Object.keys(ENCODED)),
    ),
    packing: fc.constantFrom(...Object.keys(PACKING)),
    extension: fc.constantFrom('csv', 'tsv', 'txt'),
    damages: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      { arbitrary: fc.array(damage, { maxLength: 2 }), weight: 1 },
    ),
  })
  .map(({ table, read, packing, extension, encoding, damages, ...style }) => {
    const name = `${table.kind}.${extension}`;
    const text = textOf(table, style);
    const bytes = damaged(ENCODED[encoding]?.(text) ?? Buffer.alloc(0), damages);
    return {
      name,
      bytes,
      packing,
      contracts: catalog.contracts.map((one) =>
        one.kind === table.kind && one.kind !== 'orders' ? { ...one, read } : one,
      ),
    };
  });

export async function fileOf({ name, bytes, packing }: DialectCase): Promise<HostileFile> {
  return { key: `input/${name}${packing}`, body: (await PACKING[packing]?.(bytes, name)) ?? bytes };
}

interface Style {
  readonly titles: readonly string[];
  readonly header: Spelling;
  readonly spellings: readonly Spelling[];
  readonly isUniform: boolean;
  readonly delimiter: string;
  readonly end: string;
  readonly tail: string;
}

function textOf({ names, rows }: GeneratedTable, style: Style): string {
  const { delimiter, end, spellings, isUniform } = style;
  const header = names.join(delimiter);
  const follower: Readonly<Record<Spelling['next'], string | undefined>> = {
    nothing: undefined,
    header,
    'marked header': `\ufeff${header}`,
    'other header': names.toReversed().join(delimiter),
    blank: '',
    spaces: '  ',
    delimiters: delimiter.repeat(names.length),
    comment: `# a${delimiter}"b`,
  };
  const lines = [names, ...rows].map((cells, at) => {
    const own =
      at === 0
        ? { ...style.header, more: Math.max(0, style.header.more) }
        : spellings[isUniform ? 0 : at - 1];
    if (!own) return '';
    const after = follower[own.next];
    const ending = own.end ?? end;
    return `${rowOf(cells, own, delimiter)}${ending}${after === undefined ? '' : after + ending}`;
  });
  const text = [...style.titles.map((title) => title + end), ...lines].join('');
  const tail: Readonly<Record<string, string>> = { end: '', ends: end + end, spaces: `  ${end}` };
  return style.tail === '' ? text.replace(/[\r\n]+$/, '') : text + (tail[style.tail] ?? '');
}

function rowOf(cells: readonly string[], { quoted, more }: Spelling, delimiter: string): string {
  const kept = more < 0 ? cells.slice(0, more) : cells;
  const doubled = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const written = kept.map((cell, at) => {
    const isSpecial = cell.includes('"') || cell.includes(delimiter);
    switch (quoted) {
      case 'always':
        return doubled(cell);
      case 'needed':
        return isSpecial ? doubled(cell) : cell;
      case 'backslash':
        return `"${cell.replaceAll(/["\\]/g, '\\$&')}"`;
      case 'open':
        return at === 2 ? doubled(`${cell}\n`) : cell;
      case 'misplaced':
        return at === 1 ? `${cell}"` : cell;
      default:
        return cell;
    }
  });
  return written.join(delimiter) + delimiter.repeat(Math.max(0, more));
}
