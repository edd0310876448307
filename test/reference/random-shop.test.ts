import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { catalog } from '../../catalog/catalog';
import { computeKpis, type Identities, type RowVersion } from './kpis';
import { randomShop, type ShopFile, versionsOf } from './random-shop';
import { readRows } from './read-rows';
import { inTextShop, TEXT_IDENTITIES, TEXT_SHOP } from './text-shop';

const shops = fc.sample(randomShop(), { numRuns: 200, seed: 7 });

/** Every version of every row of a shop, by kind and key. */
function byRow(files: readonly ShopFile[]) {
  const rows = new Map<string, RowVersion[]>();
  for (const { kind, rows: versions } of files) {
    for (const version of versions) {
      const name = `${kind} ${catalog.contract(kind).key.map((name) => version.cells[name])}`;
      rows.set(name, [...(rows.get(name) ?? []), version]);
    }
  }
  return rows;
}

const monthsOf = (versions: readonly RowVersion[]) =>
  new Set(versions.map(({ cells }) => new Date(Number(cells.created_at) / 1000).toISOString().slice(0, 7)));
const categoriesOf = (files: readonly ShopFile[]) =>
  computeKpis(versionsOf(files)).category_kpis.map((kpi) => kpi.category);
/** The share of the shops, 0 to 1, that match. */
const share = (matches: (files: ShopFile[]) => boolean) => shops.filter(matches).length / shops.length;

describe('random shops', () => {
  test('parsing a file gives its rows', () => {
    fc.assert(
      fc.property(randomShop(), (files) => {
        for (const { key, kind, csv, uploadedAt, rows } of files) {
          expect(readRows({ key, body: csv, uploadedAt })).toEqual({ kind, rows, badRows: 0 });
        }
      }),
      { numRuns: 100 },
    );
  });

  test('keys are unique and times never decrease', () => {
    for (const files of shops) {
      expect(new Set(files.map((file) => file.key)).size).toBe(files.length);
      const times = files.map((file) => file.uploadedAt);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  test('most shops have all kinds of the KPIs, updates, moves to another month, and KPIs', () => {
    const allKinds = (files: ShopFile[]) =>
      ['products', 'orders', 'order_items'].every((kind) => files.some((file) => file.kind === kind));
    const updated = (files: ShopFile[]) => [...byRow(files).values()].some((versions) => versions.length > 2);
    const moved = (files: ShopFile[]) =>
      [...byRow(files)].some(([name, versions]) => name.startsWith('orders') && monthsOf(versions).size > 1);
    const known = (files: ShopFile[]) => categoriesOf(files).some((category) => category !== 'Unknown');
    expect(share(allKinds)).toBeGreaterThan(0.5);
    expect(share(updated)).toBeGreaterThan(0.5);
    expect(share(moved)).toBeGreaterThan(0.5);
    expect(share(known)).toBeGreaterThan(0.6);
  });

  test('in many shops a day disappears again', () => {
    const daysAfter = (files: ShopFile[], count: number) =>
      computeKpis(versionsOf(files.slice(0, count))).order_kpis.map((kpi) => kpi.order_date);
    const lost = (files: ShopFile[]) => {
      const last = new Set(daysAfter(files, files.length));
      return files.some((_, count) => daysAfter(files, count).some((day) => !last.has(day)));
    };
    expect(share(lost)).toBeGreaterThan(0.25);
  });

  test('some shops have two uploads at the same time with keys in reverse order', () => {
    const tied = (files: ShopFile[]) =>
      files.some((file, index) => {
        const before = files[index - 1];
        return (
          before?.uploadedAt === file.uploadedAt &&
          Buffer.compare(Buffer.from(before.key), Buffer.from(file.key)) > 0
        );
      });
    expect(share(tied)).toBeGreaterThan(0.1);
  });

  test('in many shops with texts as ids an item is known, and a version column decides', () => {
    const textShops = fc.sample(randomShop({}, { catalog: TEXT_SHOP, rowOf: inTextShop }), {
      numRuns: 200,
      seed: 7,
    });
    const shareOf = (matches: (files: ShopFile[]) => boolean) => textShops.filter(matches).length / 200;
    const kpisBy = (files: ShopFile[], identities: Identities) =>
      computeKpis(versionsOf(files), 'UTC', identities);
    const byUpload = {
      ...TEXT_IDENTITIES,
      orders: { key: ['order_id'], deletedStatus: 'void' },
      order_items: { key: ['order_id', 'line'], deletedStatus: 'void' },
    };
    const decides = (files: ShopFile[]) =>
      !isDeepStrictEqual(kpisBy(files, TEXT_IDENTITIES), kpisBy(files, byUpload));
    expect(shareOf(decides)).toBeGreaterThan(0.25);
    const known = (files: ShopFile[]) =>
      kpisBy(files, TEXT_IDENTITIES).category_kpis.some(({ category }) => category !== 'Unknown');
    expect(shareOf(known)).toBeGreaterThan(0.5);
  });

  test('a counterexample shrinks to one file with one row', () => {
    const found = fc.check(
      fc.property(randomShop(), (files) => files.every((file) => file.rows.length === 0)),
      { seed: 1 },
    );
    const smallest = found.counterexample?.[0] ?? [];
    expect(smallest).toHaveLength(1);
    expect(smallest[0]?.rows).toHaveLength(1);
    expect(smallest[0]?.csv.startsWith('id,sku')).toBe(true);
  });
});
