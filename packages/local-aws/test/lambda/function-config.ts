import type { FunctionConfig } from '../../src/lambda/function-config';

/** A function with a handler in `index.js` and 10 seconds. */
export const functionConfig = (
  name: string,
  fields: Partial<FunctionConfig> & Pick<FunctionConfig, 'roleArn' | 'codeDirectory'>,
): FunctionConfig => ({
  name,
  arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  logGroup: `/aws/lambda/${name}`,
  isTraced: false,
  handler: 'index.handler',
  environment: {},
  timeoutSeconds: 10,
  memoryMb: 128,
  reservedConcurrency: undefined,
  ...fields,
});
