import type { PostgresServer } from '../../../bench/postgres-server';
import { connectWarehouse, type Warehouse } from '../../../serving/warehouse/connection';
import { startPgliteServer } from '../../builders/pglite-database';
import { readStar } from '../../builders/read-star';
import { loadWarehouse } from '../../builders/warehouse-load';
import { catalog, FIRST_FILES, ForgetShop, LATER_FILES, WORDS } from './forget-shop';

let server: PostgresServer;
let shop: ForgetShop;
beforeAll(async () => {
  server = await startPgliteServer();
}, 60_000);
afterAll(() => server.stop());
beforeEach(async () => {
  shop = new ForgetShop();
  await shop.process(FIRST_FILES);
  await shop.process(LATER_FILES);
});
afterEach(() => shop.close());

const load = (url: string) =>
  loadWarehouse({ bucket: shop.pipeline.bucket, catalog, url, timeZone: 'Europe/Berlin' });

/** Every row of every table, as text. */
async function textOf(warehouse: Warehouse): Promise<string> {
  const { rows } = await warehouse.query(
    `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const texts: string[] = [];
  for (const { table_name } of rows) {
    const found = await warehouse.query(`select cast(t as text) as row from "${table_name}" as t`);
    texts.push(...found.rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

test.each([false, true])(
  'the warehouse loses the person and equals one that is loaded from scratch (recount: %s)',
  async (recount) => {
    const url = await server.createDatabase();
    const warehouse = await connectWarehouse(url);
    const scratchUrl = await server.createDatabase();
    const scratch = await connectWarehouse(scratchUrl);
    try {
      await load(url);
      expect(await textOf(warehouse)).toContain(WORDS[0]);
      shop.loadWarehouse = async () => (await load(url)).changed;
      const receipt = await shop.forget({ recount });
      expect(receipt.places.some(({ place }) => place === 'warehouse dim_user')).toBe(true);
      const text = await textOf(warehouse);
      for (const word of WORDS) expect(text).not.toContain(word);
      await load(scratchUrl);
      expect(await readStar(warehouse)).toEqual(await readStar(scratch));
    } finally {
      await scratch.end();
      await warehouse.end();
    }
  },
  180_000,
);
