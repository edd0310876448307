import { gzipSync } from 'node:zlib';
import { untilInFiles } from '../../cli/demo-events';
import { CommandFailure } from '../../cli/failure';
import { resourceNames } from '../../domain/names';
import { eventsKey } from '../../domain/object-keys';
import { DEFAULT_SETTINGS } from '../../domain/values';
import { LiveView } from '../../operations/live/live-view';
import { MemoryBucket } from '../builders/memory-bucket';
import { EVENTS, ITEMS } from '../domain/events/event-builders';

const STALLED_MS = 1_000;

let bucket: MemoryBucket;
let view: LiveView;
beforeEach(async () => {
  bucket = new MemoryBucket();
  const kinds = { events: EVENTS, items: ITEMS };
  view = await LiveView.open({ bucket, kinds, settings: DEFAULT_SETTINGS, clock: () => new Date() });
});
afterEach(() => view.close());

function putEvents(name: string, ids: readonly string[]): Promise<unknown> {
  const now = new Date();
  const lines = ids.map((id) =>
    JSON.stringify({
      event_id: id,
      received_at: now.toISOString(),
      source: 'http',
      event: { event_name: 'page_view' },
    }),
  );
  return bucket.put(eventsKey('http', now, name), gzipSync(`${lines.join('\n')}\n`));
}

const wait = (events: number) => untilInFiles(events, view, resourceNames(''), STALLED_MS);

test('the demo waits for events that come in several files', async () => {
  await putEvents('first', ['e1', 'e2']);
  const waiting = wait(3);
  await putEvents('second', ['e3']);
  expect((await waiting).received.lines).toBe(3);
});

test('the demo gives up if events stay away, and names where to look', async () => {
  await putEvents('first', ['e1', 'e2']);
  const failure = wait(3);
  await expect(failure).rejects.toThrow(CommandFailure);
  await expect(failure).rejects.toThrow(
    /^2 of 3 accepted events are in files, and no other came for 1\.0 s\. .*logs\/lambda\/Pipeline-Ingest\.log.*analytics-events-queue and analytics-events-dlq$/,
  );
});
