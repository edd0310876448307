import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.object({ Arn: z.string(), Input: z.string().default('{}') }),
});

export const schedule = resourceType(
  'AWS::Scheduler::Schedule',
  propertiesSchema,
  (request, { place, services }) => {
    const { properties, where, defaultName } = request;
    const name = properties.Name ?? defaultName;
    if (!/^rate\(\d+ (minute|hour|day)s?\)$/.test(properties.ScheduleExpression)) {
      throw new TemplateError(
        `${where}.ScheduleExpression`,
        `expected rate(...), got ${properties.ScheduleExpression}: other schedules are not served locally`,
      );
    }
    const { Arn, Input } = properties.Target;
    if (!Arn.includes(':function:')) {
      throw new TemplateError(`${where}.Target`, `expected a Lambda function, got ${Arn}`);
    }
    if (properties.State === 'ENABLED')
      services.scheduler.putSchedule({ name, functionArn: Arn, input: Input });
    const arn = `arn:aws:scheduler:${place.region}:${place.account}:schedule/default/${name}`;
    return { ref: name, attributes: { Arn: arn } };
  },
);
