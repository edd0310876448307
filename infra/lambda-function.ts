import type { Duration } from 'aws-cdk-lib';
import {
  Architecture,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { codeDirectory } from './code-directory';
import { functionRole } from './function-role';

interface LambdaFunctionProps extends FunctionOptions {
  readonly functionName: string;
  readonly timeout: Duration;
}

/**
 * Creates the function of a bundle, with a log group and a role of its own.
 * @param name of the bundle in `dist/lambda`, and of the construct
 */
export function lambdaFunction(scope: Construct, name: string, props: LambdaFunctionProps): LambdaFunction {
  return new LambdaFunction(scope, name, {
    ...functionRole(scope, name),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 512,
    tracing: Tracing.ACTIVE,
    handler: 'index.handler',
    code: Code.fromAsset(codeDirectory('lambda', name), { exclude: ['*.map'] }),
    ...props,
  });
}
