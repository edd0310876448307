import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contract } from '../domain/contract';
import { NAME } from '../domain/contract-rules';
import { fittedInput, type Mart } from '../domain/mart';
import { type FileFault, FileFaultsError, type Place, shownPlace } from './file-faults';
import { MART_INPUTS } from './inputs';
import { martFaults } from './mart-faults';
import { columnsOf, type MartFile, parseMartFile } from './mart-file';
import { withTypes } from './mart-graph';
import { withPieces } from './pieces';
import type { LineOf } from './yaml-file';

/** The marts of one or several folders, as plain data. */
export interface MartSet {
  /** By name, sorted. */
  readonly marts: readonly Mart[];
  /** The folder that each mart is from. */
  readonly folders: Readonly<Record<string, string>>;
}

export const NO_MARTS: MartSet = { marts: [], folders: {} };

/** Files of marts are wrong. */
export class MartError extends FileFaultsError {
  override readonly name = 'MartError';
}

type PlacedFault = FileFault & { readonly file: string };

/**
 * Reads the mart in every folder below these folders, one after the other. A mart replaces the one of the same name before it.
 *
 * @param contracts those of the kinds that marts read
 * @throws MartError that names every fault of every file
 */
export function readMartFolders(
  folders: readonly string[],
  base: MartSet,
  contracts: readonly Contract[],
): MartSet {
  const faults: PlacedFault[] = [];
  const marts = new Map(base.marts.map((mart) => [mart.name, mart]));
  const from = { ...base.folders };
  const lines = new Map<string, { file: string; lineOf: LineOf }>();
  for (const folder of folders.flatMap((one) => martFolders(one, faults))) {
    const read = readMart(folder);
    if ('faults' in read) {
      faults.push(...read.faults);
      continue;
    }
    const { mart, file, lineOf } = read;
    marts.set(mart.name, mart);
    lines.set(mart.name, { file, lineOf });
    from[mart.name] = shown(folder);
  }
  const sorted = [...marts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  // A file that cannot be read may be what another mart reads.
  if (faults.length === 0) {
    for (const { mart, path: place, message } of graphFaults(sorted, contracts)) {
      const at = lines.get(mart);
      if (at)
        faults.push({ file: at.file, line: at.lineOf(place), message: `${shownPlace(place)}${message}` });
    }
  }
  if (faults.length > 0) throw new MartError(faults);
  return { marts: sorted, folders: from };
}

function graphFaults(
  marts: readonly Mart[],
  given: readonly Contract[],
): { readonly mart: string; readonly path: Place; readonly message: string }[] {
  const contracts = given.map((contract) => withPieces(contract, MART_INPUTS));
  const inputs = MART_INPUTS.map((input) => fittedInput(input, contracts));
  const taken = new Set([...contracts.map(({ kind }) => kind), ...inputs.map(({ view }) => view)]);
  return [
    ...marts
      .filter(({ name }) => taken.has(name))
      .map(({ name }) => ({
        mart: name,
        path: [],
        message: `${name} is the name of a kind or a view: rename the folder and its SQL`,
      })),
    ...martFaults({ contracts, inputs, marts: marts.map((mart) => withTypes(mart, contracts)) }),
  ];
}

/** The folders of marts that are directly in a folder. */
function martFolders(folder: string, faults: PlacedFault[]): string[] {
  const fault = (message: string) => {
    faults.push({ file: shown(folder), line: 1, message });
    return [];
  };
  if (!existsSync(folder)) return fault('there is no such folder');
  if (existsSync(path.join(folder, MART)))
    return fault(`it is the folder of one mart: name the folder around it`);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

const MART = 'mart.yaml';
const shown = (file: string): string => path.relative('', file) || file;

interface ReadMart {
  readonly mart: Mart;
  readonly file: string;
  readonly lineOf: LineOf;
}

function readMart(folder: string): ReadMart | { readonly faults: readonly PlacedFault[] } {
  const name = path.basename(folder);
  const file = shown(path.join(folder, MART));
  const only = (message: string) => ({ faults: [{ file, line: 1, message }] });
  if (!NAME.test(name))
    return only(
      `${JSON.stringify(name)} is not a valid name of a mart: expected lower-case letters, digits and underscores, a letter first`,
    );
  if (!existsSync(path.join(folder, MART)))
    return only(`there is no ${MART} in this folder: add it, or move the folder to another place`);
  const parsed = parseMartFile(readFileSync(path.join(folder, MART), 'utf8'));
  if ('faults' in parsed) return { faults: parsed.faults.map((fault) => ({ file, ...fault })) };
  const { mart, view, lineOf } = parsed;
  const faults = fileFaults(folder, parsed);
  if (faults.length > 0) return { faults: faults.map((fault) => ({ file, ...fault })) };
  const text = (sql: string) => readFileSync(path.join(folder, sql), 'utf8');
  const hasTouched = existsSync(path.join(folder, TOUCHED));
  return {
    mart: {
      name,
      ...mart,
      sql: text(`${name}.sql`),
      ...(hasTouched && { touched: text(TOUCHED) }),
      ...(view && {
        view: {
          sql: text(`${name}.view.sql`),
          columns: columnsOf(view.columns),
          reads: view.reads ?? [],
        },
      }),
    },
    file,
    lineOf,
  };
}

const TOUCHED = 'touched.sql';

/** Files that are missing or that nothing reads. */
function fileFaults(folder: string, { view, lineOf }: MartFile): FileFault[] {
  const name = path.basename(folder);
  const found = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  const viewSql = `${name}.view.sql`;
  const needed = [`${name}.sql`, ...(view ? [viewSql] : [])];
  const known = [`${name}.sql`, viewSql, TOUCHED];
  const missing = needed
    .filter((file) => !found.includes(file))
    .map((file) => ({
      line: file === viewSql ? lineOf(['view']) : 1,
      message: `there is no ${file} next to this file: create it`,
    }));
  const unread = found
    .filter((file) => !known.includes(file))
    .map((file) => ({ line: 1, message: `nothing reads ${file}: expected ${known.join(', ')}` }));
  const undeclared =
    !view && found.includes(viewSql)
      ? [
          {
            line: 1,
            message: `${viewSql} gives columns that are not declared: add "view: { columns: ... }", or remove it`,
          },
        ]
      : [];
  return [...missing, ...unread, ...undeclared];
}
