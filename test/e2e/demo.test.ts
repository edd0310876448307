import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { kpisAsExpected } from '../builders/kpis-as-expected';

const COMMAND = path.join(__dirname, '../../bin/daybook.cjs');
const run = promisify(execFile);
const expected = JSON.parse(readFileSync(path.join(__dirname, '../../fixtures/days/expected.json'), 'utf8'));

test('the demo brings the fixtures to the KPIs that were worked out by hand', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-demo-test-'));
  const json = path.join(directory, 'result.json');
  try {
    const { stdout, stderr } = await run(process.execPath, [COMMAND, 'demo', '--json', json], {
      timeout: 120_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/ValidateFiles .*\n.*ReadValidationResult/);
    expect(stdout).toContain('OrderKPIs');

    const result = JSON.parse(readFileSync(json, 'utf8'));
    expect(kpisAsExpected(result.order_kpis)).toEqual(expected.order_kpis);
    expect(kpisAsExpected(result.category_kpis)).toEqual(expected.category_kpis);
    for (const { path: name, why: _, ...file } of expected.files) {
      const found = result.files.find(({ key }: { key: string }) => key === `input/${name}`);
      expect(found).toMatchObject(file);
    }
    const eventFiles = result.files.filter(({ key }: { key: string }) => key.startsWith('input/events/'));
    expect(result.files).toHaveLength(expected.files.length + eventFiles.length);
    for (const file of eventFiles)
      expect(file).toMatchObject({ kind: 'events', outcome: 'valid', bad_rows: 0 });
    const { totals, received, windows } = result.events;
    expect(totals).toMatchObject({ sent: 1_500, accepted: 1_500 });
    expect(received).toMatchObject({ lines: 1_500, duplicates: 0, rejected: 0, files: eventFiles.length });
    expect(windows[0].funnel.purchased).toBeGreaterThan(0);
    expect(stdout).toMatch(/^events: 1500 received, \d+ of people, \d+ of bots\n {2}last +events /m);
    expect(result.executions.map(({ status }: { status: string }) => status)).toEqual(['SUCCEEDED']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 150_000);

test('a path that is not there is told in a line, with exit code 1', async () => {
  await expect(run(process.execPath, [COMMAND, 'demo', '/nowhere/x.csv'])).rejects.toMatchObject({
    code: 1,
    stderr: 'daybook: /nowhere/x.csv: no such file or directory\n',
  });
});
