import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import { checkFiles } from '../../../operations/contracts/check-files';
import { readValidateSettings } from '../../../operations/contracts/deployed-settings';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import { atMost } from '../../../storage/parallel';
import type { FileCheck } from '../../api/checks';
import { MAX_CHECKED_BYTES } from '../../api/checks';
import { cached } from '../cached';

const querySchema = z.object({ key: z.string().min(1).max(4096) });

/** Settings change only with a deployment. */
const SETTINGS_FOR_MS = 60_000;

/** Checks files before their upload, in a temporary directory of this computer; nothing of them is kept. */
export function fileCheckRoutes(deployment: Deployment): Hono<{ Bindings: HttpBindings }> {
  const settings = cached(SETTINGS_FOR_MS, () => readValidateSettings(deployment));
  // Each check opens a DuckDB of its own.
  const oneAtATime = atMost(1);
  return new Hono<{ Bindings: HttpBindings }>().put('/', async (context) => {
    const { key } = querySchema.parse(context.req.query());
    const size = z.coerce.number().int().nonnegative().parse(context.req.header('Content-Length'));
    if (size > MAX_CHECKED_BYTES)
      throw new DeploymentError(
        `${JSON.stringify(key)} is not checked: it exceeds ${MAX_CHECKED_BYTES} bytes`,
      );
    const directory = await mkdtemp(path.join(tmpdir(), 'daybook-upload-'));
    try {
      const file = path.join(directory, 'file');
      await pipeline(context.env.incoming, createWriteStream(file));
      const rules = { catalog, ...(await settings()) };
      const name = path.posix.basename(key);
      const [check] = await oneAtATime(() => checkFiles([{ path: file, name }], rules));
      return context.json<FileCheck>(check as FileCheck);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
