import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { keyFault } from '../../../domain/upload-keys';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import { uploadFixedRows } from '../../../operations/files/fix-rows';
import { findUpload } from '../../../operations/files/rejection';
import { uploadStream } from '../../../operations/files/upload';
import { s3Bucket } from '../../../storage/s3-bucket';
import type { FixedRowsAnswer, WaitingFile } from '../../api/files';

/** Limit of a request with fixed rows. */
const MAX_FIXED_ROWS_BYTES = 16 * 1024 * 1024;

const keySchema = z.string().min(1).max(4096);

const contentSchema = z.object({
  key: keySchema,
  /** True to replace a file that is waiting under the key. */
  replace: z.enum(['true', 'false']).default('false'),
});

const fixedRowsSchema = z.object({
  key: z.string().min(1).max(2048),
  upload: z.string().min(1).max(200),
  rows: z
    .array(z.object({ line: z.number().int().min(1), cells: z.array(z.string()).min(1).max(1000) }))
    .min(1)
    .max(10_000),
});

/** Uploads, only to `input/`. @param onUploaded called after each upload */
export function fileUploadRoutes(
  deployment: Deployment,
  onUploaded: () => void,
): Hono<{ Bindings: HttpBindings }> {
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  const waitingAt = async (key: string): Promise<WaitingFile> => {
    const fault = keyFault(key);
    if (fault) throw new DeploymentError(`${JSON.stringify(key)} cannot be uploaded: ${fault}`);
    const found = await bucket.head(key);
    return { waiting: found ? { size: found.size, uploaded_at: found.lastModified.toISOString() } : null };
  };
  return new Hono<{ Bindings: HttpBindings }>()
    .get('/waiting', async (context) =>
      context.json(await waitingAt(keySchema.parse(context.req.query('key')))),
    )
    .put('/content', async (context) => {
      const { key, replace } = contentSchema.parse(context.req.query());
      const size = z.coerce.number().int().nonnegative().parse(context.req.header('Content-Length'));
      // Node's stream is used directly: an aborted request fails here, and the body is not buffered.
      await uploadStream(deployment, { key, size, body: context.env.incoming, replace: replace === 'true' });
      onUploaded();
      return context.json({ key });
    })
    .post('/fixed-rows', bodyLimit({ maxSize: MAX_FIXED_ROWS_BYTES, onError: tooLong }), async (context) => {
      const { rows, ...place } = fixedRowsSchema.parse(await context.req.json());
      const upload = await findUpload(deployment, place);
      const answer = await uploadFixedRows(deployment, upload, rows, new Date());
      onUploaded();
      return context.json<FixedRowsAnswer>(answer);
    });
}

function tooLong(): never {
  throw new DeploymentError(
    `the fixed rows exceed ${MAX_FIXED_ROWS_BYTES} bytes: download the rows to fix, and upload that file`,
  );
}
