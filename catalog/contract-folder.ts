import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Column, Contract, DecimalType, Source } from '../domain/contract';
import { contractFaults } from '../domain/contract-rules';
import { closest } from '../domain/edit-distance';
import { sourceFaults } from '../domain/source';
import { type ContractFile, parseContractFile } from './contract-file';
import type { ChangesDocument, ContractDocument, SourceDocument } from './contract-schema';
import { type FileFault, FileFaultsError, type Place, shownPlace } from './file-faults';

/** The contracts and sources of one or several folders, as plain data. */
export interface ContractSet {
  /** By kind, sorted. */
  readonly contracts: readonly Contract[];
  /** By name, sorted. */
  readonly sources: readonly Source[];
  /** The file that each kind and source is from. */
  readonly files: Readonly<Record<string, string>>;
}

export const NO_CONTRACTS: ContractSet = { contracts: [], sources: [], files: {} };

/** Files of contracts are wrong. */
export class ContractError extends FileFaultsError {
  override readonly name = 'ContractError';
}

/**
 * Reads the contract of every `.yaml` and `.yml` file below a folder. A contract replaces the one of the same kind in `base`;
 * one with `extends` changes it.
 *
 * @throws ContractError that names every fault of every file
 */
export const readContractFolder = (folder: string, base: ContractSet): ContractSet =>
  readFiles(yamlFiles(folder, true), base);

/** Reads one folder after the other: each changes what those before it say. @throws ContractError */
export const readContractFolders = (folders: readonly string[], base: ContractSet): ContractSet =>
  folders.reduce((contracts, folder) => readContractFolder(folder, contracts), base);

/** The folder of the contracts of events, which belong to every deployment; other folders are of platforms. */
const EVENTS_FOLDER = 'events';

/** Reads the contracts directly in a folder, and those of events. @throws ContractError like {@link readContractFolder} */
export const readIncludedContracts = (folder: string): ContractSet =>
  readFiles(
    [...yamlFiles(folder, false), ...yamlFiles(path.join(folder, EVENTS_FOLDER), false)],
    NO_CONTRACTS,
  );

function readFiles(paths: readonly string[], base: ContractSet): ContractSet {
  const faults: (FileFault & { file: string })[] = [];
  const found = new Map<string, string>();
  const contracts = new Map(base.contracts.map((contract) => [contract.kind, contract]));
  const sources = new Map(base.sources.map((source) => [source.name, source]));
  const files = { ...base.files };
  const mapped: (() => void)[] = [];
  for (const file of paths) {
    const shown = path.relative('', file) || file;
    const add = (fault: FileFault) => faults.push({ file: shown, ...fault });
    const parsed = parseContractFile(readFileSync(file, 'utf8'));
    if ('faults' in parsed) {
      parsed.faults.forEach(add);
      continue;
    }
    const name = nameOf(parsed);
    const first = found.get(name);
    if (first !== undefined)
      add({
        line: parsed.lineOf([PROPERTY[parsed.form]]),
        message: `${name} is also in ${first}: remove one of the two`,
      });
    found.set(name, shown);
    const read = definitionOf(parsed, base, path.dirname(file));
    if ('faults' in read) {
      for (const { path: place, message } of read.faults)
        add({ line: parsed.lineOf(place), message: `${shownPlace(place)}${message}` });
      continue;
    }
    files[name] = shown;
    if ('contract' in read) contracts.set(name, read.contract);
    else {
      sources.set(name, read.source);
      mapped.push(() => unknownKinds(read.source, contracts, parsed.lineOf).forEach(add));
    }
  }
  for (const check of mapped) check();
  if (faults.length > 0) throw new ContractError(faults);
  return { contracts: sorted(contracts), sources: sorted(sources), files };
}

function unknownKinds(
  { maps }: Source,
  contracts: ReadonlyMap<string, Contract>,
  lineOf: ContractFile['lineOf'],
): FileFault[] {
  return Object.keys(maps)
    .filter((kind) => !contracts.has(kind))
    .map((kind) => ({
      line: lineOf(['maps', kind]),
      message: `maps.${kind}: ${kind} is not a kind: ${expectedKind(kind, [...contracts.keys()])}`,
    }));
}

function expectedKind(kind: string, kinds: readonly string[]): string {
  const meant = closest(kind, kinds);
  return meant ? `did you mean ${meant}?` : `expected one of ${kinds.join(', ')}`;
}

function yamlFiles(folder: string, recursive: boolean): string[] {
  if (!existsSync(folder))
    throw new ContractError([{ file: folder, line: 1, message: 'there is no such folder' }]);
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

const sorted = <Item>(items: ReadonlyMap<string, Item>): Item[] =>
  [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);

const PROPERTY = { kind: 'kind', changes: 'extends', source: 'source' } as const;

const nameOf = (file: ContractFile): string =>
  file.form === 'kind'
    ? file.document.kind
    : file.form === 'changes'
      ? file.document.extends
      : file.document.source;

type PlacedFaults = { readonly faults: readonly { readonly path: Place; readonly message: string }[] };

function definitionOf(
  file: ContractFile,
  base: ContractSet,
  folder: string,
): { contract: Contract } | { source: Source } | PlacedFaults {
  if (file.form === 'source') return sourceOf(file.document, folder);
  const read = file.form === 'kind' ? contractOf(file.document) : changedContract(file.document, base);
  if ('faults' in read) return read;
  const faults = contractFaults(read);
  return faults.length > 0 ? { faults } : { contract: read };
}

function contractOf({ columns, ...document }: ContractDocument): Contract {
  return plain({ ...document, columns: columnsOf(columns) }) as Contract;
}

function columnsOf(columns: ContractDocument['columns']): Column[] {
  return Object.entries(columns).map(([name, { type, required = false, ...column }]) => ({
    name,
    type: typeOf(type),
    required,
    ...(column as Partial<Column>),
  }));
}

const typeOf = (type: string) => type.replace(', ', ',') as Column['type'] | DecimalType;

/** What the changes do not mention stays; a column, `notation` and `read` are changed property by property. */
function changedContract(
  { extends: kind, columns = {}, notation, read, ...changes }: ChangesDocument,
  base: ContractSet,
): Contract | PlacedFaults {
  const contract = base.contracts.find((one) => one.kind === kind);
  if (!contract) {
    const remedy = expectedKind(
      kind,
      base.contracts.map((one) => one.kind),
    );
    return {
      faults: [{ path: ['extends'], message: `${kind} is not the kind of an included contract: ${remedy}` }],
    };
  }
  const untyped = Object.entries(columns).filter(
    ([name, { type }]) => type === undefined && contract.columns.every((column) => column.name !== name),
  );
  if (untyped.length > 0) {
    return {
      faults: untyped.map(([name]) => ({
        path: ['columns', name],
        message: `${name} is not a column of ${kind}, so it needs a type, for example "type: text"`,
      })),
    };
  }
  const changed = contract.columns.map((column) => {
    const { type, notation: written, ...rest } = columns[column.name] ?? {};
    return {
      ...column,
      ...rest,
      ...(type && { type: typeOf(type) }),
      ...(written && { notation: { ...column.notation, ...written } }),
    };
  });
  const added = columnsOf(
    Object.fromEntries(
      Object.entries(columns).filter(([name]) => contract.columns.every((column) => column.name !== name)),
    ) as ContractDocument['columns'],
  );
  return plain({
    ...contract,
    ...changes,
    ...(notation && { notation: { ...contract.notation, ...notation } }),
    ...(read && { read: { ...contract.read, ...read } }),
    columns: [...changed, ...added],
  }) as Contract;
}

function sourceOf(
  { source, columns, maps, ...document }: SourceDocument,
  folder: string,
): { source: Source } | PlacedFaults {
  const missing = Object.entries(maps).filter(([, file]) => !existsSync(path.join(folder, file)));
  if (missing.length > 0) {
    return {
      faults: missing.map(([kind, file]) => ({
        path: ['maps', kind],
        message: `there is no file ${file} next to this one: create it`,
      })),
    };
  }
  const read = plain({
    name: source,
    ...document,
    columns: Object.entries(columns).map(([name, { type = 'text', required = false, ...column }]) => ({
      name,
      type: typeOf(type),
      required,
      ...column,
    })),
    maps: Object.fromEntries(
      Object.entries(maps).map(([kind, file]) => [kind, readFileSync(path.join(folder, file), 'utf8')]),
    ),
  }) as Source;
  const faults = sourceFaults(read);
  return faults.length > 0 ? { faults } : { source: read };
}

/** Without properties that are undefined, so that equal contracts have equal JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
