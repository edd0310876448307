import { Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import type { Deployment } from '../../../operations/deployment';
import { readTimeZone } from '../../../operations/kpis/time-zone';
import type { LakeReader } from '../../../operations/lake/reader';
import { version } from '../../../package.json';
import type { About } from '../../api/about';
import { remembered } from '../remembered';

/** How long the time zone is believed, in milliseconds: it changes with a deployment, and costs a look at the lake. */
const TIME_ZONE_FOR_MS = 60_000;

export function aboutRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const timeZone = remembered(TIME_ZONE_FOR_MS, () => lake.use(readTimeZone));
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
      kinds: catalog.kinds,
      timeZone: await timeZone(),
      version,
    };
    return context.json(about);
  });
}
