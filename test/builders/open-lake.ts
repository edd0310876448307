import path from 'node:path';
import { Downloads } from '../../operations/lake/downloads';
import type { OpenLake } from '../../operations/lake/reader';
import { Snapshots } from '../../operations/lake/snapshots';
import { openTestLake, type TestLake } from './test-lake';

/** A lake in memory, opened as a console opens that of a deployment. */
export async function openLakeInMemory(): Promise<OpenLake & { readonly lake: TestLake }> {
  const lake = await openTestLake();
  return {
    lake,
    downloads: new Downloads(path.join(lake.workDirectory, 'query-files')),
    snapshots: new Snapshots(lake),
    close: async () => lake.close(),
  };
}
