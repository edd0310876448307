import { Hono } from 'hono';
import type { Deployment } from '../../../deployment/deployment';
import { readTimeZone } from '../../../deployment/time-zone';
import { version } from '../../../package.json';
import type { About } from '../../api/about';

/** How long the time zone is believed, in milliseconds: it changes with a deployment, and costs a look at the lake. */
const TIME_ZONE_FOR_MS = 60_000;

export function aboutRoutes(deployment: Deployment): Hono {
  let known: { readonly at: number; readonly timeZone: Promise<string> } | undefined;
  const timeZone = () => {
    if (!known || Date.now() - known.at > TIME_ZONE_FOR_MS) {
      known = { at: Date.now(), timeZone: readTimeZone(deployment) };
      // Asked again at once where it could not be read.
      known.timeZone.catch(() => {
        known = undefined;
      });
    }
    return known.timeZone;
  };
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
      timeZone: await timeZone(),
      version,
    };
    return context.json(about);
  });
}
