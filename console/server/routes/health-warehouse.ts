import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import type { LakeReader } from '../../../operations/lake/reader';
import type { WarehouseHealth, WarehouseVerification } from '../../api/health';
import { cached } from '../cached';

/** Settings change only with a deployment. */
const SETTINGS_FOR_MS = 60_000;
const STATUS_FOR_MS = 4000;

/** AWS wakes a paused Aurora for every question, and bills it for minutes. */
const statusSchema = z.object({ status: z.enum(['true', 'false']).default('false') });

/** What is loaded into the warehouse, and whether it equals the lake. */
export function healthWarehouseRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const settings = cached(SETTINGS_FOR_MS, async () => {
    const { findWarehouseSettings } = await import('../../../operations/warehouse/connect');
    return findWarehouseSettings(deployment);
  });
  const status = cached(STATUS_FOR_MS, async () => {
    const found = await settings();
    if (!found) return null;
    const { withWarehouse } = await import('../../../operations/warehouse/connect');
    const { warehouseStatus } = await import('../../../operations/warehouse/status');
    return lake.use((open) =>
      withWarehouse(found, (warehouse, server) => warehouseStatus(open.lake, warehouse, server)),
    );
  });

  return new Hono()
    .get('/', async (context) => {
      const isAsked = statusSchema.parse(context.req.query()).status === 'true' || deployment.isLocal;
      const has_warehouse = (await settings()) !== undefined;
      const answer: WarehouseHealth = {
        has_warehouse,
        status: has_warehouse && isAsked ? await status() : null,
      };
      return context.json(answer);
    })
    .post('/verify', async (context) => {
      const found = await settings();
      if (!found) throw new DeploymentError('this deployment has no warehouse');
      const { withWarehouse } = await import('../../../operations/warehouse/connect');
      const { verifyWarehouse } = await import('../../../operations/warehouse/verify');
      const { withLake } = await import('../../../operations/lake/session');
      // A session of its own, as it reads everything.
      const answer = await withLake(deployment, (own) =>
        withWarehouse(found, (warehouse) => verifyWarehouse(own, warehouse, catalog, found)),
      );
      return context.json<WarehouseVerification>(answer);
    });
}
