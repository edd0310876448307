import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import { readUploads } from '../../../operations/files/ledger';
import { findUpload } from '../../../operations/files/rejection';
import { readTimeZone } from '../../../operations/kpis/time-zone';
import type { LakeReader } from '../../../operations/lake/reader';
import type { LineageReader } from '../../../operations/lineage/reader';
import { atMost } from '../../../storage/parallel';
import { s3Bucket } from '../../../storage/s3-bucket';
import type {
  FileLine,
  LineageRows,
  LineageTables,
  LineageUploads,
  MartRowLineage,
  StagedRowLineage,
} from '../../api/lineage';

const MAX_UPLOADS = 500;

const martSchema = z.enum(catalog.marts.map(({ name }) => name));
const kindSchema = z.enum(catalog.kinds);
const wholeNumber = z.coerce.number().int().nonnegative();
const pageSchema = z.object({
  offset: wholeNumber.default(0),
  limit: wholeNumber.min(1).max(500).default(50),
});
const keySchema = z.string().min(1).max(2048);
const uploadsSchema = z.object({ key: keySchema, at: z.iso.datetime() });
const lineSchema = z.object({ key: keySchema, upload: z.string().min(1).max(200), line: wholeNumber });

/** Where the values of rows come from: rows of tables, and lines of files. */
export function lineageRoutes(deployment: Deployment, lake: LakeReader, reader: LineageReader): Hono {
  // Each downloads a file.
  const oneAtATime = atMost(1);
  return new Hono()
    .get('/', (context) =>
      context.json<LineageTables>({
        marts: catalog.marts.map(({ name, description, key }) => ({ name, description, key })),
        kinds: catalog.contracts.map(({ kind, description = null, key }) => ({
          name: kind,
          description,
          key,
        })),
      }),
    )
    .get('/marts/:mart', async (context) => {
      const mart = catalog.mart(martSchema.parse(context.req.param('mart')));
      const lineage = await lake.use(async (open) =>
        reader.martRow(open, mart, context.req.query(), await readTimeZone(open), async (row) => row.lineage),
      );
      return context.json<MartRowLineage>(lineage);
    })
    .get('/marts/:mart/inputs/:view', async (context) => {
      const mart = catalog.mart(martSchema.parse(context.req.param('mart')));
      const { offset, limit } = pageSchema.parse(context.req.query());
      const view = context.req.param('view');
      const rows = await lake.use(async (open) =>
        reader.martRow(open, mart, context.req.query(), await readTimeZone(open), (row) =>
          row.rowsOf(view, offset, limit),
        ),
      );
      return context.json<LineageRows>(rows);
    })
    .get('/staging/:kind', async (context) => {
      const kind = kindSchema.parse(context.req.param('kind'));
      const row = await lake.use((open) => reader.stagedRow(open, kind, context.req.query()));
      return context.json<StagedRowLineage>(row);
    })
    .get('/uploads', async (context) => {
      const { key, at } = uploadsSchema.parse(context.req.query());
      const time = Date.parse(at);
      const uploads = (await readUploads(deployment, key, MAX_UPLOADS)).filter(
        ({ uploaded_at, replay_of }) => Date.parse(replay_of ?? uploaded_at) === time,
      );
      return context.json<LineageUploads>({ uploads });
    })
    .get('/line', async (context) => {
      const { line, ...place } = lineSchema.parse(context.req.query());
      const upload = await findUpload(deployment, place);
      const { readFileLine } = await import('../../../operations/lineage/file-line');
      const bucket = s3Bucket(deployment.s3, deployment.bucket);
      return context.json<FileLine>(await oneAtATime(() => readFileLine(bucket, catalog, upload, line)));
    });
}
