import type { Application } from './application';
import type { JobRequest } from './job-request';
import { LOCAL_WORKER } from './spark-submit';

export interface JobOutcome {
  readonly state: 'SUCCESS' | 'FAILED' | 'CANCELLED';
  readonly details: string;
}

interface JobTimes {
  readonly created: number;
  readonly ended: number;
}

const MIN_BILLED_SECONDS = 60;

/**
 * An ended job run as GetJobRun returns it, with the field names of Step Functions; times in milliseconds since 1970. Its utilization is that of
 * this computer.
 * https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_JobRun.html
 */
export function describeJobRun(
  identity: { application: Application; id: string; request: JobRequest; createdBy: string },
  { state, details }: JobOutcome,
  { created, ended }: JobTimes,
) {
  const { application, id, request, createdBy } = identity;
  const seconds = Math.round((ended - created) / 1000);
  return {
    ApplicationId: application.id,
    Arn: `${application.arn}/jobruns/${id}`,
    BilledResourceUtilization: utilization(Math.max(MIN_BILLED_SECONDS, seconds)),
    ...(request.ConfigurationOverrides && { ConfigurationOverrides: request.ConfigurationOverrides }),
    CreatedAt: created,
    CreatedBy: createdBy,
    EndedAt: ended,
    ExecutionRole: request.ExecutionRoleArn,
    ExecutionTimeoutMinutes: request.ExecutionTimeoutMinutes,
    JobDriver: request.JobDriver,
    JobRunId: id,
    Mode: 'BATCH',
    ...(request.Name !== undefined && { Name: request.Name }),
    ReleaseLabel: application.releaseLabel,
    StartedAt: created,
    State: state,
    StateDetails: details,
    Tags: {},
    TotalExecutionDurationSeconds: seconds,
    TotalResourceUtilization: utilization(seconds),
    UpdatedAt: ended,
  };
}

export type DescribedJobRun = ReturnType<typeof describeJobRun>;

const utilization = (seconds: number) => ({
  MemoryGBHour: hours(LOCAL_WORKER.memoryGb * seconds),
  StorageGBHour: 0,
  VCPUHour: hours(LOCAL_WORKER.vcpu * seconds),
});

/** Three digits, as EMR Serverless has them. */
const hours = (seconds: number) => Math.round(seconds / 3.6) / 1000;
