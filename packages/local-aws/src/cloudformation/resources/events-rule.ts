import { z } from 'zod';
import { compilePattern, EventPatternError } from '../../events/pattern';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const targetSchema = z.strictObject({
  Id: z.string(),
  Arn: z.string().includes(':function:', { error: 'only Lambda functions are targets locally' }),
  Input: z.string().optional(),
  RetryPolicy: z.unknown().optional(),
  DeadLetterConfig: z.unknown().optional(),
});

const propertiesSchema = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.literal('default').optional(),
  EventPattern: z.unknown().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
  Tags: z.unknown().optional(),
});

export const eventsRule = resourceType(
  'AWS::Events::Rule',
  propertiesSchema,
  (request, { place, services }) => {
    const { properties, where, defaultName } = request;
    const name = properties.Name ?? defaultName;
    const matches = compile(properties.EventPattern, where);
    const arn = `arn:aws:events:${place.region}:${place.account}:rule/${name}`;
    if (properties.State === 'ENABLED') {
      const targets = properties.Targets.map(({ Arn, Input }) => ({ functionArn: Arn, input: Input }));
      const caller = services.iam.service('events.amazonaws.com', arn);
      services.events.putRule({ name, caller, matches, targets });
    }
    return { ref: name, attributes: { Arn: arn } };
  },
);

function compile(pattern: unknown, where: string) {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw error instanceof EventPatternError ? new TemplateError(where, error.message) : error;
  }
}
