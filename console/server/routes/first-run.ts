import { Hono } from 'hono';
import type { Deployment } from '../../../operations/deployment';
import { readSampleState } from '../../../operations/sample/sample-state';
import type { RemovedSample, SampleState } from '../../api/first-run';
import { cached } from '../cached';

const STATE_FOR_MS = 1000;

/** A sample for an empty deployment, and its removal. Each answers with the state afterwards, or what was removed. */
export function firstRunRoutes(deployment: Deployment): Hono {
  const state = cached(STATE_FOR_MS, () => readSampleState(deployment));
  const current = () => readSampleState(deployment);
  return new Hono()
    .get('/', async (context) => context.json<SampleState>(await state()))
    .post('/load', async (context) => {
      const { loadSample } = await import('../../../operations/sample/load-sample');
      await loadSample(deployment, new Date());
      return context.json<SampleState>(await current());
    })
    .post('/events', async (context) => {
      const { sendSampleEvents } = await import('../../../operations/sample/sample-events');
      await sendSampleEvents(deployment, new Date());
      return context.json<SampleState>(await current());
    })
    .post('/remove', async (context) => {
      const { removeSample } = await import('../../../operations/sample/remove-sample');
      const { withLake } = await import('../../../operations/lake/session');
      const removed = await withLake(deployment, (lake) => removeSample(deployment, lake));
      return context.json<RemovedSample>(removed ?? { rows: 0, objects: 0 });
    });
}
