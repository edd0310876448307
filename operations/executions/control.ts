import { TooManyRequestsException } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Deployment } from '../deployment';
import { DeploymentError } from '../errors';
import { FunctionFailedError, invokeFunction } from '../invoke';
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
  try {
    return outcomeSchema.parse(await invokeFunction(lambda, names.orchestrator, {}));
  } catch (error) {
    // The orchestrator is already running, and its reserved concurrency is 1.
    if (error instanceof TooManyRequestsException) return { started: false, reason: 'busy' };
    if (error instanceof FunctionFailedError)
      throw new DeploymentError(`the orchestrator failed: ${error.message}`);
    throw error;
  }
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
