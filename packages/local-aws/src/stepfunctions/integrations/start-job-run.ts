import type { EmrServerless } from '../../emrserverless/applications';
import { EmrServerlessError, JOB_PARAMETERS } from '../../emrserverless/job-request';
import type { Decision, RoleSession } from '../../iam/access';
import { type Iam, refusal } from '../../iam/iam';
import { StateError } from '../errors';
import type { Integration, TaskContext } from './integration';

/**
 * `emr-serverless:startJobRun.sync`: runs a job and waits for it. The result is the described job run; one that did not succeed is the error
 * `States.TaskFailed` with the described job run as its cause. The state machine's role needs emr-serverless:GetJobRun, and
 * emr-serverless:CancelJobRun to cancel a job that timed out.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html
 */
export function startJobRunIntegration(
  emrServerless: EmrServerless,
  iam: Pick<Iam, 'decide'>,
  actAs: (context: TaskContext) => RoleSession,
): Integration {
  return {
    resource: 'arn:aws:states:::emr-serverless:startJobRun.sync',
    parameters: JOB_PARAMETERS,
    async run(parameters, context) {
      const caller = actAs(context);
      const decide = (action: string, resource: string): Decision => iam.decide(caller, { action, resource });
      const cancelling = new AbortController();
      let jobRunArn = '';
      const cancel = () => {
        if (decide('emr-serverless:CancelJobRun', jobRunArn).allowed) cancelling.abort();
      };
      const job = await emrServerless
        .run({
          caller,
          parameters,
          onJobRun(arn) {
            jobRunArn = arn;
            const [, applicationId, , jobRunId] = arn.split('/').slice(-4);
            context.onSubmitted({ ApplicationId: applicationId ?? '', Arn: arn, JobRunId: jobRunId ?? '' });
            if (context.signal.aborted) cancel();
            else context.signal.addEventListener('abort', cancel, { once: true });
          },
          signal: cancelling.signal,
        })
        .catch((error: unknown) => {
          throw error instanceof EmrServerlessError
            ? new StateError(`EMRServerless.${error.code}`, error.message)
            : error;
        });
      context.signal.removeEventListener('abort', cancel);
      const decision = decide('emr-serverless:GetJobRun', jobRunArn);
      if (!decision.allowed) throw new StateError('EMRServerless.AccessDeniedException', refusal(decision));
      if (job.State !== 'SUCCESS') throw new StateError('States.TaskFailed', JSON.stringify(job));
      return JSON.parse(JSON.stringify(job));
    },
  };
}
