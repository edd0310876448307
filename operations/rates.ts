import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { type RatesOutcome, ratesOutcomeSchema } from '../domain/workflow';
import type { Deployment } from './deployment';
import { DeploymentError } from './errors';
import { FunctionFailedError, invokeFunction } from './invoke';

/**
 * Invokes the function for currency rates, as its schedule does. Safe at any time.
 * @param everything also the rates that it wrote before
 * @throws DeploymentError if the deployment has no such function, or it failed
 */
export async function downloadRates(
  { lambda, names }: Deployment,
  everything: boolean,
): Promise<RatesOutcome> {
  try {
    return ratesOutcomeSchema.parse(await invokeFunction(lambda, names.rates, { everything }));
  } catch (error) {
    if (error instanceof FunctionFailedError) throw new DeploymentError(error.message);
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new DeploymentError(
      `there is no function ${names.rates}: deploy with -c rates=true, or start daybook local with --rates`,
    );
  }
}
