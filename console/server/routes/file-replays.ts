import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError, explainError } from '../../../operations/errors';
import { archivedFiles, replayFiles } from '../../../operations/files/replay';
import type { ReplayPlan, ReplayState } from '../../api/files';

/** Replays whose state is kept for the page to query. */
const MAX_REPLAYS = 50;
const MAX_LEFT = 100;

const whatSchema = z.string().min(1).max(2048);

/** Replays continue when the page that started them is closed. @param onDone called after each replay */
export function fileReplayRoutes(deployment: Deployment, onDone: () => void): Hono {
  const replays = new Map<string, ReplayState>();

  const start = async (what: string): Promise<ReplayState> => {
    const files = await archivedFiles(deployment, what);
    const id = randomUUID();
    const started: ReplayState = {
      id,
      files: files.length,
      done: 0,
      left: [],
      status: 'running',
      error: null,
    };
    const change = (by: (state: ReplayState) => Partial<ReplayState>) => {
      const state = replays.get(id) ?? started;
      replays.set(id, { ...state, ...by(state) });
    };
    replays.set(id, started);
    for (const old of [...replays.keys()].slice(0, -MAX_REPLAYS)) replays.delete(old);
    replayFiles(deployment, files, ({ key, outcome }) =>
      change(({ done, left }) => ({
        done: done + 1,
        left: outcome === 'left' && left.length < MAX_LEFT ? [...left, key] : left,
      })),
    ).then(
      () => {
        onDone();
        change(() => ({ status: 'done' }));
      },
      (error: unknown) => change(() => ({ status: 'failed', error: explainError(error) })),
    );
    return started;
  };

  return new Hono()
    .get('/plan', async (context) => {
      const files = await archivedFiles(deployment, whatSchema.parse(context.req.query('what')));
      return context.json<ReplayPlan>({ files: files.length });
    })
    .post('/', async (context) => {
      const { what } = z.object({ what: whatSchema }).parse(await context.req.json());
      return context.json<ReplayState>(await start(what), 202);
    })
    .get('/:id', (context) => {
      const state = replays.get(context.req.param('id'));
      if (!state) throw new DeploymentError('unknown replay: the console was restarted since it began');
      return context.json<ReplayState>(state);
    });
}
