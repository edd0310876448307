import path from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import { checkFiles } from '../../../operations/contracts/check-files';
import { readValidateSettings } from '../../../operations/contracts/deployed-settings';
import { onlyContract } from '../../../operations/contracts/one-contract';
import type { Deployment } from '../../../operations/deployment';
import { atMost } from '../../../storage/parallel';
import type { FileCheck } from '../../api/checks';
import { cached } from '../cached';
import { withReceivedFile } from '../received-file';

const querySchema = z.object({
  key: z.string().min(1).max(4096),
  contract: z.string().max(200).optional(),
});

/** Settings change only with a deployment. */
const SETTINGS_FOR_MS = 60_000;

/** Checks files before their upload, in a temporary directory of this computer; nothing of them is kept. */
export function fileCheckRoutes(deployment: Deployment): Hono<{ Bindings: HttpBindings }> {
  const settings = cached(SETTINGS_FOR_MS, () => readValidateSettings(deployment));
  // Each check opens a DuckDB of its own.
  const oneAtATime = atMost(1);
  return new Hono<{ Bindings: HttpBindings }>().put('/', async (context) => {
    const { key, contract } = querySchema.parse(context.req.query());
    const definitions = contract === undefined ? catalog : onlyContract(catalog, contract);
    return withReceivedFile(context.env.incoming, key, async (file) => {
      const rules = { catalog: definitions, ...(await settings()) };
      const name = path.posix.basename(key);
      const [check] = await oneAtATime(() => checkFiles([{ path: file, name }], rules));
      return context.json<FileCheck>(check as FileCheck);
    });
  });
}
