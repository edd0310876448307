import { gunzipSync, gzipSync } from 'node:zlib';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { catalog } from '../../catalog/catalog';
import { eventContracts } from '../../domain/events/event-files';
import type { LedgerItem } from '../../domain/ledger';
import { quoteLiteral } from '../../engine/duckdb/quote';
import type { Lake } from '../../lake/lake';
import { type ColumnMatch, rewriteRows } from '../../lake/rewrite';
import type { TableSpec } from '../../lake/table-spec';
import { inParallel } from '../../storage/parallel';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { readEventFiles } from '../events/event-files';
import { readUploads } from '../files/ledger';
import { servingOf } from '../refresh-serving';
import { deleteMarker, readMarker, type SampleMarker } from './marker';
import { sampleEvents } from './sample-events';
import { isBusy } from './sample-state';
import type { RemovedSample } from './views';

const PARALLEL = 8;
const MAX_UPLOADS = 1000;

/**
 * Removes the sample: the rows that came from its files and its events, whatever else was loaded meanwhile; then from the marts,
 * DynamoDB and the warehouse, and its objects and their items in the ledger. A row of the sample that a file of the shop
 * replaced is the shop's, and stays.
 *
 * Interrupted at any point, a repetition completes it.
 * @returns undefined if there is no sample
 * @throws DeploymentError while files or events are on their way; as `rewriteRows`, refresh and load
 */
export async function removeSample(deployment: Deployment, lake: Lake): Promise<RemovedSample | undefined> {
  const { bucket } = lake;
  const marker = await readMarker(bucket);
  if (!marker) return undefined;
  if (await isBusy(deployment)) {
    throw new DeploymentError(
      'files or events are being loaded: remove the sample when no execution is running and no file is waiting',
    );
  }
  const eventIds = new Set(
    marker.events ? sampleEvents(marker.events.run).map(({ event_id }) => event_id) : [],
  );
  let rows = 0;
  for (const { spec, matches } of tablesOf(marker, eventIds)) {
    if (matches.length > 0)
      rows += (await rewriteRows(lake, spec, { rows: matches, values: undefined })).rows;
  }
  const serving = await servingOf(deployment, lake, 'sample');
  await serving.refresh();
  await serving.loadWarehouse?.();
  const objects =
    (await removeFiles(deployment, lake, marker)) +
    (await removeEventFiles(deployment, lake, marker, eventIds));
  await deleteMarker(bucket);
  return { rows, objects };
}

function tablesOf(
  { files }: SampleMarker,
  eventIds: ReadonlySet<string>,
): { readonly spec: TableSpec; readonly matches: readonly ColumnMatch[] }[] {
  const kinds = eventContracts(catalog.contracts);
  const isOfEvents = (kind: string) => kind === kinds?.events.kind || kind === kinds?.items.kind;
  return catalog.contracts.flatMap(({ kind }) => {
    const matches = isOfEvents(kind) ? matchOf('event_id', [...eventIds]) : matchOf('_source_key', files);
    const history = catalog.historyTable(kind);
    return [catalog.stagingTable(kind), ...(history ? [history] : [])].map((spec) => ({ spec, matches }));
  });
}

function matchOf(column: string, values: readonly string[]): ColumnMatch[] {
  if (values.length === 0) return [];
  const listed = values.map((value) => `(${quoteLiteral(value)})`).join(', ');
  return [{ column, values: `(select value as ${column} from (values ${listed}) as given (value))` }];
}

/** @returns the number of objects */
async function removeFiles(deployment: Deployment, lake: Lake, { files }: SampleMarker): Promise<number> {
  let objects = 0;
  for (const key of files) {
    for (const { destination, rejected_rows_key, upload } of await readUploads(
      deployment,
      key,
      MAX_UPLOADS,
    )) {
      for (const place of [destination, rejected_rows_key]) {
        if (place === undefined) continue;
        await lake.bucket.delete(place);
        objects += 1;
      }
      if (upload !== undefined) await forgetUpload(deployment, { key, upload });
    }
  }
  return objects;
}

/** Takes the sample's lines out of raw files; a file without others is removed. @returns the number of objects */
async function removeEventFiles(
  deployment: Deployment,
  { bucket }: Lake,
  { started_at, events }: SampleMarker,
  eventIds: ReadonlySet<string>,
): Promise<number> {
  const kind = eventContracts(catalog.contracts)?.events.kind;
  if (!events || kind === undefined) return 0;
  const files = await readEventFiles(deployment, kind, new Date(started_at));
  const changed = await inParallel(PARALLEL, files, async ({ item }): Promise<number> => {
    const { destination } = item;
    const body = destination === undefined ? undefined : await bucket.get(destination);
    if (destination === undefined || !body || !destination.endsWith('.ndjson.gz')) return 0;
    const lines = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
    const others = lines.filter((line) => !eventIds.has(JSON.parse(line).event_id));
    if (others.length === lines.length) return 0;
    if (others.length > 0) {
      await bucket.put(destination, gzipSync(others.map((line) => `${line}\n`).join('')), 'application/gzip');
      return 1;
    }
    await bucket.delete(destination);
    await forgetUpload(deployment, item);
    return 1;
  });
  return changed.reduce((sum, count) => sum + count, 0);
}

/** Without its item in the ledger, the same content is not taken for a duplicate if the sample is loaded again. */
async function forgetUpload(
  { dynamoDb, names }: Deployment,
  { key, upload }: Pick<LedgerItem, 'key' | 'upload'>,
): Promise<void> {
  await dynamoDb.send(
    new DeleteItemCommand({
      TableName: names.ledgerTable,
      Key: { key: { S: key }, upload: { S: upload } },
    }),
  );
}
