import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { catalog } from '../../catalog/catalog';
import { ARCHIVE, archiveKey } from '../../domain/object-keys';
import { compactTime } from '../../domain/time';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { readUploads } from '../files/ledger';
import { objectText } from '../files/object-text';
import type { OpenLake } from '../lake/reader';
import type { RawEventLine } from './views';

const MAX_CHARACTERS = 100_000;

/** An execution is named by its oldest file, which may have waited six hours for others. */
const MAX_WAIT_MS = 7 * 3_600_000;
const MAX_UPLOADS = 100;

/**
 * The raw event behind a row of staging/events.
 * @param at when the event happened, ISO 8601: only the files of that time are read
 * @throws DeploymentError if there is no such event
 */
export async function readRawEvent(
  deployment: Deployment,
  open: OpenLake,
  eventId: string,
  at: string,
  signal?: AbortSignal,
): Promise<RawEventLine> {
  const { readTables } = await import('../lake/read-tables');
  const spec = catalog.stagingTable('events');
  const next = new Date(Date.parse(at) + 1).toISOString();
  const [row] = await readTables(
    open,
    [
      {
        spec,
        snapshot: await open.snapshots.newest(spec.location),
        columns: ['event_id', '_source_key', '_source_modified_at', '_source_line'],
        within: [
          { column: 'event_time', low: at, high: next },
          { column: 'event_id', low: eventId, high: eventId },
        ],
      },
    ],
    (db) =>
      db.rows<{ key: string; line: string; micros: string }>(
        'select _source_key as key, _source_line as line, epoch_us(_source_modified_at) as micros from events where event_id = $id limit 1',
        { id: eventId },
      ),
    signal,
  );
  if (!row) throw new DeploymentError(`event ${eventId} is not in the lake (any more)`);
  const uploadedAt = new Date(Number(BigInt(row.micros) / 1000n));
  const line = Number(row.line);
  const is_hidden = catalog.contract('events').columns.some(({ pseudonymize }) => pseudonymize);
  const archived = is_hidden ? undefined : await archivedAt(deployment, row.key, uploadedAt);
  return {
    key: row.key,
    line,
    uploaded_at: uploadedAt.toISOString(),
    is_hidden,
    text: archived === undefined ? null : await lineOf(deployment, archived, line),
  };
}

/** Where an upload is: in the archive by the ledger, which forgets files of events after a while, or by a search; or still in input/. */
async function archivedAt(
  deployment: Deployment,
  key: string,
  uploadedAt: Date,
): Promise<string | undefined> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const uploads = await readUploads(deployment, key, MAX_UPLOADS);
  const upload = uploads.find(
    ({ uploaded_at, outcome }) =>
      outcome === 'archived' && Math.abs(Date.parse(uploaded_at) - uploadedAt.getTime()) < 1000,
  );
  if (upload?.destination !== undefined) {
    return (await bucket.head(upload.destination)) === undefined ? undefined : upload.destination;
  }
  const first = `${ARCHIVE}${compactTime(new Date(uploadedAt.getTime() - MAX_WAIT_MS))}`;
  const last = `${ARCHIVE}${compactTime(new Date(uploadedAt.getTime() + MAX_WAIT_MS))}`;
  for await (const object of bucket.list(ARCHIVE, first)) {
    if (object.key > last) break;
    const [, execution = ''] = object.key.split('/');
    if (object.key === archiveKey(execution, key)) return object.key;
  }
  return (await bucket.head(key)) === undefined ? undefined : key;
}

async function lineOf(deployment: Deployment, key: string, line: number): Promise<string | null> {
  const lines = createInterface({ input: Readable.from(objectText(deployment, key)), crlfDelay: Infinity });
  let at = 0;
  try {
    for await (const text of lines) {
      at += 1;
      if (at === line) return text.slice(0, MAX_CHARACTERS);
    }
    return null;
  } finally {
    lines.close();
  }
}
