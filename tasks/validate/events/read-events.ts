import { createHash } from 'node:crypto';
import type { Contract } from '../../../domain/contract';
import { isRawEvent } from '../../../domain/events/envelope';
import { eventFileContract } from '../../../domain/events/event-files';
import { parseEventJson } from '../../../domain/events/event-json';
import type { ReceivedEvent } from '../../../domain/events/normalize';
import { EMPTY_FILE, type FileFault, fileFormat } from '../../../domain/file-rules';
import type { RowFault } from '../../../domain/row-rules';
import { textFile } from '../../../formats/csv/text-file';
import type { InspectionRules, LocalFile } from '../../../formats/input-file';
import { inspectFile } from '../../../formats/inspect-file';
import { cutOff, rowTexts } from '../../../formats/ndjson/inspect-file';
import { type JsonText, JsonTextError } from '../../../formats/ndjson/json-texts';
import { filePackaging } from '../../../formats/packaging/packaging';
import { UnpackError } from '../../../formats/packaging/unpack-error';

/** One row of a file of events. */
export interface EventLine {
  /** The physical line, as in other files. */
  readonly line: number;
  readonly raw: { toString(): string };
  readonly event: ReceivedEvent | { readonly fault: RowFault };
}

export type OnEvents = (events: readonly EventLine[]) => Promise<void>;

/**
 * Reads a file of events: raw ones, as entry points write them, or bare ones in any format, as people upload them. An event without
 * an id in a file is identified by what it says, so that a file that is uploaded twice has the same events.
 *
 * @returns the fault of a file that cannot be read to its end; the events before it have been passed on
 */
export async function readEvents(
  file: LocalFile,
  contract: Contract,
  rules: InspectionRules,
  onEvents: OnEvents,
): Promise<FileFault | undefined> {
  const format = fileFormat(file.key);
  if ('fault' in format) return format.fault;
  if (format.format === 'ndjson') return readLines(file, rules, onEvents);
  const inspected = await inspectFile(file, { ...rules, contracts: [eventFileContract(contract)] });
  if ('fault' in inspected) return inspected.fault;
  const { header, readRows } = inspected.file;
  return readRows((rows) =>
    onEvents(
      rows.map(({ cells, line, raw, fault }) => {
        if (fault) return { line, raw, event: { fault } };
        if (cells.length !== header.width)
          return { line, raw, event: { fault: wrongWidth(header.width, cells.length) } };
        const members = header.names.flatMap((name, at) => (cells[at] ? [[name, cells[at]]] : []));
        return { line, raw, event: uploaded(Object.fromEntries(members), file) };
      }),
    ),
  );
}

async function readLines(
  file: LocalFile,
  rules: InspectionRules,
  onEvents: OnEvents,
): Promise<FileFault | undefined> {
  try {
    const packed = { path: file.path, size: file.size, packaging: filePackaging(file.path), limits: rules };
    const source = await textFile(packed, {});
    let rows = 0;
    for await (const batch of rowTexts(source)) {
      const events = batch.map((one) => ({ line: one.line, raw: one.text, event: ofText(one, file) }));
      const cut = batch.find((one, at) => one.isUnended && rows + at > 0 && events[at]?.event === NOT_JSON);
      if (cut) return cutOff(cut.line);
      rows += batch.length;
      await onEvents(events);
    }
    return rows === 0 ? EMPTY_FILE : undefined;
  } catch (error) {
    if (error instanceof UnpackError || error instanceof JsonTextError) return error.fault;
    throw error;
  }
}

const NOT_JSON = {
  fault: {
    column: '',
    rule: 'expected a JSON object',
    reason: 'expected a JSON object, got text that is not JSON',
  },
};

function ofText({ text }: JsonText, file: LocalFile): EventLine['event'] {
  let value: unknown;
  try {
    value = parseEventJson(text);
  } catch {
    return NOT_JSON;
  }
  return isRawEvent(value) ? value : uploaded(value, file);
}

const ID_DIGITS = 32;

const uploaded = (event: unknown, { uploadedAt }: LocalFile): ReceivedEvent => ({
  source: 'file',
  received_at: uploadedAt,
  event,
  event_id: () =>
    `file:${createHash('sha256').update(JSON.stringify(event)).digest('hex').slice(0, ID_DIGITS)}`,
});

function wrongWidth(expected: number, got: number): RowFault {
  const rule = `expected ${expected} fields`;
  return { column: '', rule, reason: `${rule}, got ${got}` };
}
