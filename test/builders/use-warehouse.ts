import type { PostgresServer } from '../../bench/postgres-server';
import type { Catalog } from '../../catalog/catalog';
import { connectWarehouse, type Warehouse } from '../../serving/warehouse/connection';
import { TaskPipeline } from './task-pipeline';

/** What a test of the warehouse has. */
export interface WarehouseTest {
  readonly server: PostgresServer;
  /** A database of its own. */
  readonly url: string;
  /** A connection to it. */
  readonly warehouse: Warehouse;
  /** A lake of its own. */
  readonly pipeline: TaskPipeline;
}

/** Gives every test of the suite a database and a lake, on one server for all of them. @param each is told before each test */
export function useWarehouse(
  start: () => Promise<PostgresServer>,
  catalog: Catalog,
  timeZone: string,
  each: (own: WarehouseTest) => void,
): void {
  let server: PostgresServer;
  let own: WarehouseTest;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    const pipeline = new TaskPipeline(timeZone, catalog);
    const url = await server.createDatabase();
    own = { server, url, warehouse: await connectWarehouse(url), pipeline };
    each(own);
  });
  afterEach(async () => {
    own.pipeline.close();
    await own.warehouse.end();
  });
}
