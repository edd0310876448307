import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { prettifyError, ZodError } from 'zod';
import { catalog } from '../../catalog/catalog';
import type { Deployment } from '../../operations/deployment';
import { DeploymentError, explainError } from '../../operations/errors';
import type { LocalSchedule } from '../../operations/health/views';
import { LakeReader } from '../../operations/lake/reader';
import { LineageReader } from '../../operations/lineage/reader';
import { RowTables } from '../../operations/marts/row-tables';
import { onLoopbackOnly, withHeaders, withToken } from './guard';
import { liveViewOf } from './live/open-live-view';
import type { SharedLiveView } from './live/shared-live-view';
import { PageFiles } from './page-files';
import { aboutRoutes } from './routes/about';
import { contractsRoutes } from './routes/contracts';
import { customerRoutes } from './routes/customers';
import { executionsRoutes } from './routes/executions';
import { filesRoutes } from './routes/files';
import { firstRunRoutes } from './routes/first-run';
import { funnelRoutes } from './routes/funnel';
import { healthRoutes } from './routes/health';
import { homeRoutes } from './routes/home';
import { inventoryRoutes } from './routes/inventory';
import { kpiRoutes } from './routes/kpis';
import { lakeRoutes } from './routes/lake';
import { lineageRoutes } from './routes/lineage';
import { liveRoutes } from './routes/live';
import { martRoutes } from './routes/marts';
import { productRoutes } from './routes/products';
import { sessionsRoutes } from './routes/sessions';
import { trafficRoutes } from './routes/traffic';

export interface ConsoleOptions {
  /** Contains the credentials, which never leave this process. */
  readonly deployment: Deployment;
  /** Port on 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** The schedule of a local pipeline in this process; otherwise unknown. */
  readonly clock?: (() => LocalSchedule) | undefined;
  /** The directory of the built page. */
  readonly assetsDirectory: string;
}

export interface ConsoleServer {
  /** Contains the token in the fragment, so that it is not in any request or log. */
  readonly url: string;
  close(): Promise<void>;
}

/** The port is in use or not permitted. */
export class ConsolePortError extends Error {
  override readonly name = 'ConsolePortError';
}

/**
 * Serves the console of a deployment on the loopback address.
 * @throws ConsolePortError
 */
export async function startConsole({
  deployment,
  port,
  clock,
  assetsDirectory,
}: ConsoleOptions): Promise<ConsoleServer> {
  const token = randomBytes(24).toString('base64url');
  const lake = new LakeReader(deployment);
  const lineage = new LineageReader(catalog);
  const live = liveViewOf(deployment);
  const rows = new RowTables(lake, catalog);
  const files = await PageFiles.read(assetsDirectory);
  const app = consoleApp({ deployment, lake, lineage, live, rows, clock, token, files });
  const server = await new Promise<Server>((resolve, reject) => {
    // An upload may take longer than Node's default of five minutes.
    const serverOptions = { requestTimeout: 0 };
    const starting = serve({ fetch: app.fetch, hostname: '127.0.0.1', port, serverOptions }, () =>
      resolve(starting as Server),
    );
    starting.once('error', (error: Error) =>
      reject(new ConsolePortError(`the console cannot listen on 127.0.0.1:${port}: ${error.message}`)),
    );
  });
  const address = server.address();
  const listening = typeof address === 'object' ? address?.port : port;
  return {
    url: `http://127.0.0.1:${listening}/#token=${token}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await lineage.close();
      await Promise.all([rows.close().then(() => lake.close()), live?.close()]);
    },
  };
}

interface AppOptions extends Omit<ConsoleOptions, 'port' | 'assetsDirectory'> {
  readonly lake: LakeReader;
  readonly lineage: LineageReader;
  readonly live: SharedLiveView | undefined;
  readonly rows: RowTables;
  readonly token: string;
  readonly files: PageFiles;
}

/** Serves the page without, and data only with the token. */
function consoleApp({ deployment, lake, lineage, live, rows, clock, token, files }: AppOptions): Hono {
  const app = new Hono();
  app.use(withHeaders, onLoopbackOnly);
  app.use('/api/*', withToken(token), async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
  });
  app.route('/api/about', aboutRoutes(deployment, lake));
  app.route('/api/executions', executionsRoutes(deployment));
  app.route('/api/lake', lakeRoutes(lake));
  app.route('/api/customers', customerRoutes(rows));
  app.route('/api/inventory', inventoryRoutes(rows));
  app.route('/api/products', productRoutes(rows));
  app.route('/api/lineage', lineageRoutes(deployment, lake, lineage));
  app.route('/api/marts', martRoutes(lake, rows));
  app.route('/api/first-run', firstRunRoutes(deployment));
  app.route('/api/health', healthRoutes({ deployment, lake, clock }));
  app.route('/api/files', filesRoutes(deployment));
  app.route('/api/contracts', contractsRoutes(deployment));
  app.route('/api/home', homeRoutes(deployment, lake));
  app.route('/api/kpis', kpiRoutes(deployment, lake));
  app.route('/api/live', liveRoutes(live));
  app.route('/api/traffic', trafficRoutes(lake));
  app.route('/api/funnel', funnelRoutes(lake));
  app.route('/api/sessions', sessionsRoutes(deployment, lake));
  app.all('/api/*', (context) => context.json({ error: 'not found' }, 404));
  app.onError((error, context) => {
    if (error instanceof ZodError) return context.json({ error: prettifyError(error) }, 400);
    // 409: the user can fix the cause; 502: an error from AWS; 500: a bug.
    const status = error instanceof DeploymentError ? 409 : '$metadata' in error ? 502 : 500;
    return context.json({ error: explainError(error) }, status);
  });

  app.get('/assets/*', (context) => files.asset(context) ?? context.notFound());
  // All other paths are routes of the application.
  app.get('*', (context) => files.document(context) ?? context.notFound());
  return app;
}
