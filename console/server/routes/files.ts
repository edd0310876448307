import { Readable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { OUTCOMES } from '../../../domain/ledger';
import type { Deployment } from '../../../operations/deployment';
import { cellsOf, openBadRows, readBadRows, rowsToFix } from '../../../operations/files/bad-rows';
import { readShape } from '../../../operations/files/file-shape';
import { LatestFiles } from '../../../operations/files/latest-files';
import { readUploads } from '../../../operations/files/ledger';
import { watchLedger } from '../../../operations/files/ledger-counts';
import { readLedgerPage } from '../../../operations/files/ledger-pages';
import { findUpload, readRejection } from '../../../operations/files/rejection';
import { redrive } from '../../../operations/queue';
import type {
  BadRowsPage,
  DeadLetters,
  FileCounts,
  FilePage,
  KeyUploads,
  LatestFiles as LatestFilesAnswer,
  RedriveAnswer,
  RejectionAnswer,
} from '../../api/files';
import { afterSchema, filePage } from '../ledger-cursor';
import { fileCheckRoutes } from './file-checks';
import { fileReplayRoutes } from './file-replays';
import { fileUploadRoutes } from './file-uploads';

const PAGE_FILES = 200;
const LATEST_FILES = 8;
const MAX_UPLOADS = 500;
const PAGE_ROWS = 100;

/** Limits of a row on the page; a longer row must be fixed in a file. */
const SHOWN_CHARACTERS = 10_000;
const SHOWN_CELLS = 200;

const keySchema = z.string().min(1).max(2048);
const placeSchema = z.object({ key: keySchema, upload: z.string().min(1).max(200) });

const listSchema = z.object({
  status: z.enum(OUTCOMES).optional(),
  q: z.string().max(1024).default(''),
  after: afterSchema.optional(),
});

/** Outcomes of files, reasons for rejections, and actions on files. */
export function filesRoutes(deployment: Deployment): Hono<{ Bindings: HttpBindings }> {
  const ledger = watchLedger(deployment);
  const latest = new LatestFiles(deployment, LATEST_FILES);
  return new Hono<{ Bindings: HttpBindings }>()
    .get('/', async (context) => {
      const { status, q, after } = listSchema.parse(context.req.query());
      const request = { outcome: status, text: q, limit: PAGE_FILES, after };
      return context.json<FilePage>(filePage(await readLedgerPage(deployment, request, ledger.unseen)));
    })
    .get('/latest', async (context) => context.json<LatestFilesAnswer>(await latest.read(ledger.unseen)))
    .get('/counts', async (context) => context.json<FileCounts>(await ledger.counts()))
    .get('/uploads', async (context) => {
      const key = keySchema.parse(context.req.query('key'));
      return context.json<KeyUploads>({ uploads: await readUploads(deployment, key, MAX_UPLOADS) });
    })
    .get('/reason', async (context) => {
      const upload = await findUpload(deployment, placeSchema.parse(context.req.query()));
      return context.json<RejectionAnswer>({ rejection: (await readRejection(deployment, upload)) ?? null });
    })
    .get('/bad-rows', async (context) => {
      const upload = await findUpload(deployment, placeSchema.parse(context.req.query()));
      const from = z.coerce
        .number()
        .int()
        .nonnegative()
        .parse(context.req.query('from') ?? 0);
      const [shape, { rows, next }] = await Promise.all([
        readShape(deployment, upload),
        readBadRows(deployment, upload, from, PAGE_ROWS),
      ]);
      return context.json<BadRowsPage>({
        shape: shape ? { header: shape.layout.header, match: shape.match } : null,
        next: next ?? null,
        rows: rows.map(({ line, columns, reason, text }) => {
          const row = {
            line,
            columns,
            reason,
            text: text.slice(0, SHOWN_CHARACTERS),
            cells: null,
            isGuess: false,
          };
          if (!shape || text.length > SHOWN_CHARACTERS) return row;
          const { cells, isGuess } = cellsOf(text, shape);
          return cells.length > SHOWN_CELLS ? row : { ...row, cells, isGuess };
        }),
      });
    })
    .get('/bad-rows.csv', async (context) => {
      const upload = await findUpload(deployment, placeSchema.parse(context.req.query()));
      return csv(await openBadRows(deployment, upload));
    })
    .get('/rows-to-fix.csv', async (context) => {
      const upload = await findUpload(deployment, placeSchema.parse(context.req.query()));
      return csv(Readable.from(await rowsToFix(deployment, upload)));
    })
    .get('/dead-letters', async (context) => {
      const { dead_letters } = await redrive(deployment, true);
      return context.json<DeadLetters>({ dead_letters });
    })
    .post('/redrive', async (context) => context.json<RedriveAnswer>(await redrive(deployment, false)))
    .route('/', fileUploadRoutes(deployment, ledger.forget))
    .route('/check', fileCheckRoutes(deployment))
    .route('/replays', fileReplayRoutes(deployment, ledger.forget));
}

/** Streams the body, which may be large. */
function csv(body: Readable | undefined): Response {
  return new Response(body ? (Readable.toWeb(body) as ReadableStream) : '', {
    headers: { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': 'attachment' },
  });
}
