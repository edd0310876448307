import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import { pseudonymizes } from '../../domain/contract';
import { eventContracts, isEventFile } from '../../domain/events/event-files';
import type { LedgerItem } from '../../domain/ledger';
import { fileContracts, headerContracts } from '../../domain/source';
import type { InputFile, InputRow, LocalFile } from '../../formats/input-file';
import { inspectFile } from '../../formats/inspect-file';
import type { Bucket } from '../../storage/bucket';
import { readEvents } from '../../tasks/validate/events/read-events';
import type { FileLine } from './views';

/** A larger file is not read for one line. */
const MAX_BYTES = 256 * 1024 * 1024;
const SHOWN_CHARACTERS = 10_000;
const LIMITS = { maxUnpackedBytes: 2 * 1024 ** 3, maxUnpackedRatio: 200 };

/**
 * A row of an archived file by the line it starts in, found by the reader of validate. Downloads the file. A line that is not shown
 * has a note that says why.
 */
export async function readFileLine(
  bucket: Bucket,
  catalog: Pick<Catalog, 'contracts' | 'sources' | 'contract'>,
  { key, destination, size, uploaded_at }: Pick<LedgerItem, 'key' | 'destination' | 'size' | 'uploaded_at'>,
  line: number,
): Promise<FileLine> {
  const hidden = (note: string): FileLine => ({ line, text: null, cells: [], note });
  if (size > MAX_BYTES)
    return hidden(`The file is larger than ${MAX_BYTES / 1024 ** 2} MB: download it to see the line.`);
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-line-'));
  try {
    const file: LocalFile = { key, uploadedAt: uploaded_at, path: path.join(directory, 'file'), size };
    const found = destination !== undefined && (await bucket.download(destination, file.path));
    if (!found) return hidden('The file is no longer in the archive.');
    return await lineOf(file, catalog, line, hidden);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function lineOf(
  file: LocalFile,
  catalog: Pick<Catalog, 'contracts' | 'sources' | 'contract'>,
  line: number,
  hidden: (note: string) => FileLine,
): Promise<FileLine> {
  const contracts = fileContracts(catalog);
  const events = isEventFile(file.key, contracts) ? eventContracts(contracts) : undefined;
  if (events) {
    if (pseudonymizes(events.events) || pseudonymizes(events.items)) return hidden(PSEUDONYMS);
    let text: string | undefined;
    await readEvents(file, events.events, { contracts, ...LIMITS }, async (lines) => {
      text ??= lines.find((one) => one.line === line)?.raw.toString();
    });
    return text === undefined ? hidden(NO_LINE) : shown(line, text, []);
  }
  const inspected = await inspectFile(file, { contracts: headerContracts(contracts), ...LIMITS });
  if ('fault' in inspected)
    return hidden(`The file cannot be read by the present contracts: ${inspected.fault.reason}.`);
  if (pseudonymizes(inspected.file.header.contract)) return hidden(PSEUDONYMS);
  return (await rowAt(inspected.file, line)) ?? hidden(NO_LINE);
}

const PSEUDONYMS =
  'Its contract replaces values by pseudonyms, so the line with the original values is not shown.';
const NO_LINE = 'The file has no row that starts in this line by the present contracts.';

async function rowAt(file: InputFile, line: number): Promise<FileLine | undefined> {
  let found: FileLine | undefined;
  const { names } = file.header;
  const take = (rows: readonly InputRow[]) => {
    const row = rows.find((one) => one.line === line);
    if (row) {
      const cells = row.cells.map((value, at) => ({
        column: names[at] ?? '',
        value: value.slice(0, SHOWN_CHARACTERS),
      }));
      found = shown(line, row.raw.toString(), cells);
    }
  };
  if (file.plain) await file.plain.readLines([line], take);
  if (!found) await file.readRows(take);
  return found;
}

const shown = (line: number, text: string, cells: FileLine['cells']): FileLine => ({
  line,
  text: text.slice(0, SHOWN_CHARACTERS),
  cells,
  note: text.length > SHOWN_CHARACTERS ? `The first ${SHOWN_CHARACTERS} characters.` : null,
});
