import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { catalog } from '../../catalog/catalog';
import { type GeneratedFile, generate } from '../../fixtures/generator/generate';
import type { Kpi } from '../../operations/kpis/kpis';
import { computeKpis } from '../reference/kpis';
import { readRows } from '../reference/read-rows';
import { LocalPipeline } from './local-pipeline';

interface ShopFile extends GeneratedFile {
  readonly body: Buffer;
}

let files: ShopFile[];
beforeAll(async () => {
  const out = mkdtempSync(path.join(tmpdir(), 'daybook-shop-'));
  try {
    const generated = await generate({
      ...{ orders: 150, products: 40, days: 5, files: 3, seed: 7, dirt: 0.15, updates: 0.3 },
      start: Date.parse('2025-01-29') / 1000,
      out,
    });
    files = generated.map((file) => ({ ...file, body: readFileSync(path.join(out, file.name)) }));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

/** From scratch, in memory: each file's place in the list is the time of its upload. */
function expectedKpis() {
  const read = files.map(({ name, body }, uploadedAt) =>
    readRows({ key: `input/${name}`, body, uploadedAt }),
  );
  const ofKind = (wanted: string) => read.filter(({ kind }) => kind === wanted).flatMap(({ rows }) => rows);
  return computeKpis({
    products: ofKind('products'),
    orders: ofKind('orders'),
    order_items: ofKind('order_items'),
  });
}

const COUNTS = [...catalog.mart('order_kpis').columns, ...catalog.mart('category_kpis').columns]
  .filter(({ type }) => type === 'count')
  .map(({ name }) => name);
const KEYS = ['order_date', 'category'];

/** As the reference has them: counts as numbers, money and percent with two decimals. */
function normalized(items: readonly Kpi[]) {
  return items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([name, value]) => {
        if (KEYS.includes(name)) return [name, value];
        return [name, COUNTS.includes(name) ? Number(value) : Number(value).toFixed(2)];
      }),
    ),
  );
}

async function expectReference(pipeline: LocalPipeline): Promise<void> {
  const { order_kpis, category_kpis } = expectedKpis();
  expect(normalized(await pipeline.orderKpis())).toEqual(order_kpis);
  expect(normalized(await pipeline.categoryKpis())).toEqual(category_kpis);
}

/** Each list dropped together once the one before is done. */
async function drop(pipeline: LocalPipeline, batches: readonly (readonly ShopFile[])[]): Promise<void> {
  for (const batch of batches) {
    for (const { name, body } of batch) await pipeline.put(`input/${name}`, body);
    await pipeline.untilQuiet();
  }
}

async function expectAllArchived(pipeline: LocalPipeline, dropped: readonly ShopFile[]): Promise<void> {
  const outcomes = await pipeline.files();
  const found = outcomes.map(({ key, outcome, rows, bad_rows }) => ({ key, outcome, rows, bad_rows }));
  const wanted = dropped.map(({ name, rows, badRows }) => ({
    key: `input/${name}`,
    outcome: 'valid',
    rows: rows - badRows,
    bad_rows: badRows,
  }));
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  expect(found.sort(byKey)).toEqual(wanted.sort(byKey));
  expect(await pipeline.keys('input/')).toEqual([]);
}

const ofKind = (kind: string) => files.filter((file) => file.kind === kind);

test('a shop dropped at once gives the KPIs of a computation from scratch, and dropped again changes nothing', async () => {
  const pipeline = await LocalPipeline.start();
  try {
    await drop(pipeline, [files]);
    await expectReference(pipeline);
    await expectAllArchived(pipeline, files);
    expect(expectedKpis().order_kpis.length).toBeGreaterThan(4);

    await drop(pipeline, [files]);
    await expectReference(pipeline);
    const outcomes = (await pipeline.files()).map(({ outcome }) => outcome);
    expect(outcomes).toHaveLength(2 * files.length);
    expect(outcomes.filter((outcome) => outcome !== 'valid' && outcome !== 'duplicate')).toEqual([]);
    expect(await pipeline.keys('input/')).toEqual([]);
    expect(await pipeline.keys('archive/')).toHaveLength(2 * files.length);
  } finally {
    await pipeline.stop();
  }
}, 120_000);

test('items before their orders, products last, a few files at a time: the same KPIs', async () => {
  const pipeline = await LocalPipeline.start();
  try {
    const [items, orders, products] = [ofKind('order_items'), ofKind('orders'), ofKind('products')];
    const arrival = [...items, ...orders, ...products];
    await drop(pipeline, [arrival.slice(0, 1), arrival.slice(1, 5), arrival.slice(5)]);
    await expectReference(pipeline);
    await expectAllArchived(pipeline, files);
    expect((await pipeline.executions()).length).toBeGreaterThanOrEqual(3);
  } finally {
    await pipeline.stop();
  }
}, 120_000);
