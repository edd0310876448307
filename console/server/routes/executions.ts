import { Hono } from 'hono';
import { z } from 'zod';
import { readRun } from '../../../domain/execution-history';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError } from '../../../operations/errors';
import { runOrchestrator, stopExecution } from '../../../operations/executions/control';
import { readExecutionFiles } from '../../../operations/executions/execution-files';
import { readExecutionPage } from '../../../operations/executions/executions';
import { readStateLog } from '../../../operations/executions/logs';
import { EXECUTION_STATUSES } from '../../../operations/executions/views';
import { replay } from '../../../operations/files/replay';
import { type History, MAX_REPORTS, type Replayed, type Reports } from '../../api/executions';
import { ExecutionCache } from '../execution-cache';

/** What Step Functions lets a name hold: no sign of its own meaning in an ARN. */
const name = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]+$/u, 'expected the name of an execution');

const pageSchema = z.object({
  status: z.enum(EXECUTION_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  token: z.string().max(5000).optional(),
});

const historySchema = z.object({ after: z.coerce.number().int().min(0).default(0), run: name.optional() });

const logSchema = z.object({
  run: name.optional(),
  state: z.string().min(1).max(80),
  from: z.iso.datetime(),
  to: z.iso.datetime().optional(),
});

export function executionsRoutes(deployment: Deployment): Hono {
  const cache = new ExecutionCache(deployment);
  const routes = new Hono();
  const nameOf = (context: { req: { param(key: string): string | undefined } }) =>
    name.parse(context.req.param('name'));

  routes.get('/', async (context) => {
    return context.json(await readExecutionPage(deployment, pageSchema.parse(context.req.query())));
  });
  routes.post('/reports', async (context) => {
    const { names } = z.object({ names: z.array(name).max(MAX_REPORTS) }).parse(await context.req.json());
    return context.json({ reports: await cache.reports(names) } satisfies Reports);
  });
  routes.post('/orchestrate', async (context) => context.json(await runOrchestrator(deployment)));

  routes.get('/:name', async (context) => context.json(await cache.describe(nameOf(context))));
  routes.get('/:name/history', async (context) => {
    const { after, run } = historySchema.parse(context.req.query());
    const events = await cache.history(nameOf(context), run);
    return context.json({ events: events.filter(({ id }) => id > after) } satisfies History);
  });
  routes.get('/:name/definition', async (context) => {
    context.header('Content-Type', 'application/json');
    return context.body(await cache.definition(nameOf(context)));
  });
  routes.get('/:name/files', async (context) => {
    return context.json(await readExecutionFiles(deployment, nameOf(context)));
  });
  routes.get('/:name/logs', async (context) => {
    const { run, state, from, to } = logSchema.parse(context.req.query());
    const execution = nameOf(context);
    const { visits } = readRun(await cache.history(execution, run));
    const visit = visits.find((one) => one.state === state && one.entered === from);
    if (!visit) throw new DeploymentError(`the execution did not enter ${state} at ${from}`);
    const lines = await readStateLog(deployment, {
      execution,
      parameters: visit.attempts.at(-1)?.parameters ?? null,
      from: new Date(from),
      to: to === undefined ? null : new Date(to),
    });
    return context.json(lines);
  });
  routes.post('/:name/stop', async (context) => {
    const { reason } = z.object({ reason: z.string().min(1).max(1000) }).parse(await context.req.json());
    await stopExecution(deployment, nameOf(context), reason);
    return context.json({});
  });
  routes.post('/:name/replay', async (context) => {
    const replays = await replay(deployment, nameOf(context));
    const replayed = replays.filter(({ outcome }) => outcome === 'replayed').length;
    return context.json({ replayed, left: replays.length - replayed } satisfies Replayed);
  });
  return routes;
}
