import { InvokeCommand, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { executionArn } from './execution';
import type { OrchestratorRun } from './views';

const outcomeSchema = z.object({
  started: z.boolean(),
  execution_id: z.string().optional(),
  reason: z.string().optional(),
});

/**
 * Invokes the orchestrator as its schedule does: it starts an execution for the waiting files, unless one is running. Safe at any time.
 * @throws DeploymentError if the orchestrator failed
 */
export async function runOrchestrator({ lambda, names }: Deployment): Promise<OrchestratorRun> {
  const invoke = new InvokeCommand({ FunctionName: names.orchestrator, Payload: Buffer.from('{}') });
  const answer = await lambda.send(invoke).catch((error: unknown) => {
    // The orchestrator is already running, and its reserved concurrency is 1.
    if (error instanceof TooManyRequestsException) return undefined;
    throw error;
  });
  if (!answer) return { started: false, reason: 'busy' };
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null');
  if (answer.FunctionError) {
    const { errorMessage = 'no reason given' } = (payload ?? {}) as { errorMessage?: string };
    throw new DeploymentError(`the orchestrator failed: ${errorMessage}`);
  }
  return outcomeSchema.parse(payload);
}

/** Stopping an execution that has ended changes nothing. @param reason becomes the execution's cause */
export async function stopExecution(deployment: Deployment, name: string, reason: string): Promise<void> {
  await deployment.sfn.send(
    new StopExecutionCommand({
      executionArn: executionArn(deployment, name),
      error: 'StoppedByHand',
      cause: reason,
    }),
  );
}
