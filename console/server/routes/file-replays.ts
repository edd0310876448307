import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deployment } from '../../../operations/deployment';
import { DeploymentError, explainError } from '../../../operations/errors';
import { archivedFiles, replayFiles } from '../../../operations/files/replay';
import type { ReplayPlan, ReplayState } from '../../api/files';

/** Replays that are remembered, so that a page can ask how they went. */
const REMEMBERED = 50;
const TOLD_LEFT = 100;

const whatSchema = z.string().min(1).max(2048);

/** Replays: each goes on when the page that began it is left. @param onDone called once one ended */
export function fileReplayRoutes(deployment: Deployment, onDone: () => void): Hono {
  const replays = new Map<string, ReplayState>();

  const begin = async (what: string): Promise<ReplayState> => {
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
    for (const old of [...replays.keys()].slice(0, -REMEMBERED)) replays.delete(old);
    replayFiles(deployment, files, ({ key, outcome }) =>
      change(({ done, left }) => ({
        done: done + 1,
        left: outcome === 'left' && left.length < TOLD_LEFT ? [...left, key] : left,
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
      return context.json<ReplayState>(await begin(what), 202);
    })
    .get('/:id', (context) => {
      const state = replays.get(context.req.param('id'));
      if (!state) throw new DeploymentError('this console knows no such replay: it was started anew since');
      return context.json<ReplayState>(state);
    });
}
