import { Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import { readTimeZone } from '../../../operations/kpis/time-zone';
import type { LakeReader } from '../../../operations/lake/reader';
import { version } from '../../../package.json';
import type { About } from '../../api/about';
import { cached } from '../cached';

/** Cache duration of the time zone, which changes only with a deployment and requires reading the lake. */
const TIME_ZONE_FOR_MS = 60_000;

export function aboutRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const timeZone = cached(TIME_ZONE_FOR_MS, () => lake.use(readTimeZone));
  return new Hono().get('/', async (context) => {
    const { bucket, stateMachineArn, names, isLocal } = deployment;
    const [, , , region = '', account = ''] = stateMachineArn.split(':');
    const about: About = {
      bucket,
      stateMachineArn,
      region,
      account,
      prefix: names.prefix,
      isLocal,
      kinds: catalog.contracts.map(({ kind, match }) => ({ kind, ...(match && { match }) })),
      timeZone: await timeZone(),
      version,
    };
    return context.json(about);
  });
}
