import { catalog } from '../../catalog/catalog';
import { readKpis } from '../../operations/kpis/kpis';
import { dynamoDbLedger } from '../../storage/ledger/dynamodb-ledger';
import { readEndState } from '../crash/end-state';
import type { Kind } from '../reference/kpis';
import { computeKpis, type RowVersion } from '../reference/kpis';
import { readRows } from '../reference/read-rows';
import type { Endpoint } from './endpoint';
import type { Random } from './random';
import { changedFile, type RandomFile, randomFile } from './random-file';

/** What was uploaded, in the order of its times: so the reference knows which row is the newest. */
export class Uploads {
  private readonly done: RandomFile[] = [];
  private readonly newest = new Map<string, RandomFile>();
  private readonly often = new Set<string>();

  get count(): number {
    return this.done.length;
  }

  /** How many keys were uploaded more than once. */
  get reused(): number {
    return this.often.size;
  }

  /** A file under a key of its own, or one of the last once more, as it was or with other values. */
  next(random: Random): RandomFile {
    const what = random.upTo(10);
    const earlier = [...this.newest.values()].slice(-20);
    if (what > 2 || earlier.length === 0) return randomFile(random, this.done.length);
    const file = random.pick(earlier);
    return what === 0 ? file : changedFile(random, file);
  }

  add(file: RandomFile): void {
    this.done.push(file);
    if (this.newest.has(file.key)) this.often.add(file.key);
    // Behind all others, as the newest.
    this.newest.delete(file.key);
    this.newest.set(file.key, file);
  }

  /** Where a pipeline at rest differs from what these uploads come to. */
  async check(endpoint: Endpoint): Promise<string[]> {
    const once = [...this.newest.values()].filter(({ key }) => !this.often.has(key));
    const { faults, places } = await readEndState(endpoint, once);
    const problems = [...faults];
    for (const { key, isGood } of once) {
      const expected = isGood ? 'archive' : 'rejected';
      if (places[key] !== expected) problems.push(`${key} lies in ${places[key]}, expected ${expected}`);
    }
    return [...problems, ...(await this.checkReused(endpoint)), ...(await this.checkKpis(endpoint))];
  }

  /** Under such a key an upload may have been replaced before it was read; the last one never was. */
  private async checkReused(endpoint: Endpoint): Promise<string[]> {
    const problems = (await endpoint.keys('input/')).map((key) => `${key} still lies there`);
    const { dynamoDb, names } = endpoint.deployment;
    const ledger = dynamoDbLedger(dynamoDb, names.ledgerTable);
    const moved = [
      ...(await endpoint.keys('archive/by-hand-')),
      ...(await endpoint.keys('rejected/by-hand-')),
    ];
    const byHand = new Set(moved.map((place) => place.split('/').slice(2).join('/')));
    for (const key of this.often) {
      const isGood = this.newest.get(key)?.isGood;
      const { outcome = 'unknown', reason = '' } = (await ledger.latest(key)) ?? {};
      const expected = isGood ? ['archived', 'duplicate'] : ['rejected'];
      // An execution that was started by hand moved it, which is in nobody's ledger: another finds it gone.
      const isByHand = outcome === 'replaced' && byHand.has(key.slice('input/'.length));
      if (!expected.includes(outcome) && !isByHand)
        problems.push(`${key}: its last upload is ${outcome} (${reason}), expected ${expected.join(' or ')}`);
    }
    return problems;
  }

  private async checkKpis({ deployment }: Endpoint): Promise<string[]> {
    const versions: Record<Kind, RowVersion[]> = { products: [], orders: [], order_items: [] };
    for (const [uploadedAt, { key, csv, isGood }] of this.done.entries()) {
      if (!isGood) continue;
      const { kind, rows } = readRows({ key, body: csv, uploadedAt });
      versions[kind].push(...rows);
    }
    const expected = computeKpis(versions);
    return [
      ...differences(
        'order_kpis',
        expected.order_kpis,
        await readKpis(deployment, catalog.servedMart('order_kpis')),
      ),
      ...differences(
        'category_kpis',
        expected.category_kpis,
        await readKpis(deployment, catalog.servedMart('category_kpis')),
      ),
    ];
  }
}

function differences(table: string, expected: readonly object[], found: readonly object[]): string[] {
  const [want, have] = [new Set(expected.map(textOf)), new Set(found.map(textOf))];
  return [
    ...[...want].filter((row) => !have.has(row)).map((row) => `${table}: expected ${row}`),
    ...[...have].filter((row) => !want.has(row)).map((row) => `${table}: not expected ${row}`),
  ];
}

const textOf = (row: object): string =>
  Object.entries(row)
    .map(([name, value]) => `${name} ${Number.isNaN(Number(value)) ? value : Number(value)}`)
    .sort()
    .join(', ');
