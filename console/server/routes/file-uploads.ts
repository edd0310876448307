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
import type { MendedAnswer, WaitingFile } from '../../api/files';

/** Of rows that were mended by hand. */
const MOST_MENDED_BYTES = 16 * 1024 * 1024;

const keySchema = z.string().min(1).max(4096);

const contentSchema = z.object({
  key: keySchema,
  /** The file that waits under the key may be replaced. */
  replace: z.enum(['true', 'false']).default('false'),
});

const mendedSchema = z.object({
  key: z.string().min(1).max(2048),
  upload: z.string().min(1).max(200),
  rows: z
    .array(z.object({ line: z.number().int().min(1), cells: z.array(z.string()).min(1).max(1000) }))
    .min(1)
    .max(10_000),
});

/** Files that come: into `input/`, and nowhere else. @param onUploaded called once one lies there */
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
      // As Node's own stream: what the browser breaks off fails here, and nothing gathers in memory.
      await uploadStream(deployment, { key, size, body: context.env.incoming, replace: replace === 'true' });
      onUploaded();
      return context.json({ key });
    })
    .post('/mended', bodyLimit({ maxSize: MOST_MENDED_BYTES, onError: tooLong }), async (context) => {
      const { rows, ...place } = mendedSchema.parse(await context.req.json());
      const upload = await findUpload(deployment, place);
      const answer = await uploadFixedRows(deployment, upload, rows, new Date());
      onUploaded();
      return context.json<MendedAnswer>(answer);
    });
}

function tooLong(): never {
  throw new DeploymentError(
    `the mended rows are more than ${MOST_MENDED_BYTES} bytes: download the rows to mend, and upload that file`,
  );
}
