import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Deployment } from '../deployment';

/** The settings by which validate reads files. */
export interface ValidateSettings {
  readonly maxBadRowShare: number;
  readonly timeZone: string;
  readonly currency: string | undefined;
}

const variablesSchema = z.object({
  MAX_BAD_ROW_SHARE: z.coerce.number().min(0).max(1).default(0.2),
  REPORTING_TIME_ZONE: z.string().default('UTC'),
  CURRENCY: z.string().optional(),
});

/** Those of a deployment, from the function of validate. @throws errors of AWS, such as a missing permission */
export async function readValidateSettings({ lambda, names }: Deployment): Promise<ValidateSettings> {
  const FunctionName = names.taskFunction('validate');
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const variables = variablesSchema.parse(Environment?.Variables ?? {});
  return {
    maxBadRowShare: variables.MAX_BAD_ROW_SHARE,
    timeZone: variables.REPORTING_TIME_ZONE,
    currency: variables.CURRENCY,
  };
}
