import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { withConnectionPool } from '../../../engine/duckdb/connection-pool';
import { DuckDb } from '../../../engine/duckdb/session';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-pool-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ['12MB', 9, 1],
  ['300MB', 9, 1],
  ['614MB', 9, 2],
  ['3GB', 9, 3],
  ['3GB', 2, 2],
])('with %s, %d items are worked on %d at a time', async (memoryLimit, items, expected) => {
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'spill'), memoryLimit });
  const connections = new Set<DuckDb>();
  let [busy, most] = [0, 0];
  try {
    const results = await withConnectionPool(
      db,
      Array.from({ length: items }, (_, at) => at),
      async (connection, item) => {
        connections.add(connection);
        busy += 1;
        most = Math.max(most, busy);
        await turn();
        busy -= 1;
        return item;
      },
    );
    expect(results).toHaveLength(items);
    expect(most).toBe(expected);
    expect(connections.size).toBe(expected);
  } finally {
    db.close();
  }
});

test('its memory limit is that which it was opened with', async () => {
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'spill'), memoryLimit: '614MB' });
  try {
    expect((await db.memoryLimit()) / 1e6).toBeCloseTo(614, 0);
  } finally {
    db.close();
  }
});
