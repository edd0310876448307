import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Column, Contract } from '../../domain/contract';
import type { FileFault } from '../../domain/file-rules';
import { columnKey } from '../../domain/header-columns';
import { ColumnInference, type InferredColumn } from '../../domain/infer-column';
import { INPUT } from '../../domain/object-keys';
import type { InputFile, LocalFile } from '../../formats/input-file';
import { inspectFile } from '../../formats/inspect-file';
import { DeploymentError } from '../errors';

/** Distinct values that are held in memory for each possible key. */
const MAX_KEYS = 2_000_000;
/** A text with more distinct values makes too many partitions. */
const MAX_PARTITIONS = 100;
const GIB = 1024 ** 3;

interface Draft {
  readonly contract: Contract;
  /** What a person must decide, by column; under an empty name for the contract. */
  readonly decide: ReadonlyMap<string, readonly string[]>;
}

/**
 * Drafts the contract of a file that no contract describes, from all of its values.
 * @param kind the name of the kind
 * @param name of the file, if its path has another one
 * @returns the text of a contract file, with comments about what a person must decide
 * @throws DeploymentError for a file that cannot be read
 */
export async function inferContract(file: string, kind: string, name = path.basename(file)): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-infer-'));
  try {
    const { size, mtime } = await stat(file);
    const local: LocalFile = {
      key: `${INPUT}${name}`,
      uploadedAt: mtime.toISOString(),
      path: path.resolve(file),
      size,
    };
    return formatDraft(await draft(await openFile(local, kind), kind), name);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The name of a kind from that of a file: `exports/Parcels 2025-03.csv.gz` is parcels. */
export function draftKind(file: string): string {
  const [name = ''] = path.basename(file).split('.');
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|[_0-9]+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'rows' : plain;
}

/** Reads the header first with no columns, which detects no delimiter, and then with the columns that it names. */
async function openFile(file: LocalFile, kind: string): Promise<InputFile> {
  const inspect = async (columns: readonly Column[]) => {
    const contract: Contract = {
      kind,
      key: [],
      partition: { by: 'value', of: '' },
      match: { names: ['*'] },
      columns,
    };
    const limits = { maxUnpackedBytes: 50 * GIB, maxUnpackedRatio: 200 };
    const found = await inspectFile(file, { contracts: [contract], ...limits });
    if ('fault' in found) throw new DeploymentError(textOf(found.fault));
    return found.file;
  };
  const { header } = await inspect([]);
  const names = header.names.length > 1 ? header.names : cellsOf(header.names[0] ?? '');
  const columns = uniqueNames(names).map((name, at): Column => {
    const alias = names[at] ?? '';
    return {
      name,
      type: 'text',
      required: false,
      ...(columnKey(alias) !== columnKey(name) && { aliases: [alias] }),
    };
  });
  return inspect(columns);
}

const textOf = ({ reason, remedy }: FileFault) => `${reason}; ${remedy}`;

/** The names in a header whose delimiter is not known: the one that gives most names. */
function cellsOf(header: string): string[] {
  const [best = [header]] = [';', '\t', '|', ',']
    .map((delimiter) => header.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/s, '$1')))
    .toSorted((a, b) => b.length - a.length);
  return best;
}

/** Names of columns of a table, from the names in a file. */
function uniqueNames(names: readonly string[]): string[] {
  const used = new Set(['year', 'month', '']);
  return names.map((name, at) => {
    const plain = name
      .replaceAll('ß', 'ss')
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^[_0-9]+|_+$/g, '')
      .slice(0, 50);
    let unique = plain === '' ? `column_${at + 1}` : plain;
    for (let count = 2; used.has(unique); count += 1) unique = `${plain || 'column'}_${count}`;
    used.add(unique);
    return unique;
  });
}

async function draft(file: InputFile, kind: string): Promise<Draft> {
  const { columns } = file.header.contract;
  const inferences = columns.map(({ name }) => new ColumnInference(name));
  const distinct = columns.map((): Set<string> | undefined => new Set());
  const repeated = columns.map(() => false);
  const place = file.header.positions.map((at) => at ?? -1);
  const fault = await file.readRows((rows) => {
    for (const { cells, fault: bad } of rows) {
      if (bad || cells.length !== file.header.width) continue;
      for (const [at, inference] of inferences.entries()) {
        const text = cells[place[at] ?? -1] ?? '';
        inference.add(text);
        const known = distinct[at];
        if (!known) continue;
        if (known.has(text)) repeated[at] = true;
        else known.add(text);
        if (known.size > (repeated[at] ? MAX_PARTITIONS : MAX_KEYS)) distinct[at] = undefined;
      }
    }
  });
  if (fault) throw new DeploymentError(textOf(fault));

  const found = inferences.map((inference) => inference.result());
  const isComplete = inferences.map((inference) => inference.isComplete);
  const decide = new Map(columns.map(({ name }, at) => [name, found[at]?.decide ?? []]));
  const forContract: string[] = [];
  const unique = columns.flatMap((_, at) =>
    isComplete[at] && !repeated[at] && distinct[at] && canBeKey(found[at]) ? [at] : [],
  );
  const named = unique.toSorted((a, b) => keyRank(columns[a]) - keyRank(columns[b]));
  const key = named[0] ?? Math.max(0, isComplete.indexOf(true));
  if (named.length === 0)
    forContract.push(
      'the key: no column has another value in every row; name the columns that together identify a row',
    );
  else if (named.length > 1)
    forContract.push(
      `the key: these columns also have another value in every row: ${named
        .slice(1)
        .map((at) => columns[at]?.name)
        .join(', ')}`,
    );

  const isTime = (at: number) => found[at]?.type === 'timestamp' || found[at]?.type === 'date';
  const all = [...columns.keys()];
  const time = all.find((at) => isTime(at) && isComplete[at]);
  const few = all.find((at) => found[at]?.type === 'text' && repeated[at] && distinct[at]);
  const text = few ?? all.find((at) => found[at]?.type === 'text');
  const of = time ?? text ?? key;
  if (time === undefined && few === undefined)
    forContract.push('the partition: no column has a date in every row, or a text with few values');
  decide.set('', forContract);
  const required = new Set([key, ...(time === undefined ? [] : [time])]);
  return {
    contract: {
      kind,
      key: [columns[key]?.name ?? ''],
      match: { names: [`${kind}*`] },
      partition: { by: time === undefined ? 'value' : 'month', of: columns[of]?.name ?? '' },
      columns: columns.map((column, at) => ({
        ...column,
        type: time === undefined && text === undefined && at === of ? 'text' : (found[at]?.type ?? 'text'),
        required: required.has(at),
        ...(found[at]?.notation && { notation: found[at]?.notation }),
      })),
    },
    decide,
  };
}

const canBeKey = (column: InferredColumn | undefined) => column?.type === 'int64' || column?.type === 'text';

/** A column that is named like a key comes first. */
function keyRank(column: Column | undefined): number {
  const name = column?.name ?? '';
  if (name === 'id') return 0;
  if (/_id$|^id_/.test(name)) return 1;
  return /number|code|sku|key|uuid|name$/.test(name) ? 2 : 3;
}

function formatDraft({ contract, decide }: Draft, file: string): string {
  const line = (value: unknown) =>
    stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
  const comments = (name: string, indent: string) =>
    (decide.get(name) ?? []).map((text) => `${indent}# decide: ${text}`);
  const { kind, key, match, partition, columns } = contract;
  return `${[
    `# Drafted from ${file.replaceAll(/[\r\n]/g, ' ')}. Check it with: daybook contract check --contracts FOLDER FILE`,
    `kind: ${kind}`,
    ...comments('', ''),
    `key: ${line(key)}`,
    `match: ${line(match)}`,
    `partition: ${line(partition)}`,
    'columns:',
    ...columns.flatMap(({ name, required, ...column }) => [
      ...comments(name, '  '),
      `  ${name}: ${line({ ...column, ...(required && { required }) })}`,
    ]),
  ].join('\n')}\n`;
}
