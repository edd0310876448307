import { z } from 'zod';
import { resourceType } from '../resource';

/** Logs are written to files; only permissions use the group's name. */
export const logGroup = resourceType(
  'AWS::Logs::LogGroup',
  z.object({ LogGroupName: z.string().optional() }),
  ({ properties, defaultName }, { place }) => {
    const name = properties.LogGroupName ?? defaultName;
    return {
      ref: name,
      attributes: { Arn: `arn:aws:logs:${place.region}:${place.account}:log-group:${name}:*` },
    };
  },
);
