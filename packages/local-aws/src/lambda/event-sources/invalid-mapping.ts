import { LambdaError } from '../function-config';

/** The error for a mapping that Lambda does not accept. */
export const invalidMapping = (message: string) =>
  new LambdaError('InvalidParameterValueException', message, 400);
