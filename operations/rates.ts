import { InvokeCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { type RatesOutcome, ratesOutcomeSchema } from '../domain/workflow';
import type { Deployment } from './deployment';
import { DeploymentError } from './errors';

/**
 * Invokes the function for currency rates, as its schedule does. Safe at any time.
 * @param everything also the rates that it wrote before
 * @throws DeploymentError if the deployment has no such function, or it failed
 */
export async function downloadRates(
  { lambda, names }: Deployment,
  everything: boolean,
): Promise<RatesOutcome> {
  const Payload = Buffer.from(JSON.stringify({ everything }));
  const invoke = new InvokeCommand({ FunctionName: names.rates, Payload });
  const answer = await lambda.send(invoke).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new DeploymentError(
      `there is no function ${names.rates}: deploy with -c rates=true, or start daybook local with --rates`,
    );
  });
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
  if (answer.FunctionError) {
    const { errorMessage = 'no reason given' } = (payload ?? {}) as { errorMessage?: string };
    throw new DeploymentError(errorMessage);
  }
  return ratesOutcomeSchema.parse(payload);
}
