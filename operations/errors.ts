/** What was asked of a deployment cannot be done; the message says why, and what to do. */
export class DeploymentError extends Error {
  override readonly name: string = 'DeploymentError';
}

/** What AWS answers where the deployment's queue, table, bucket or state machine is not. */
const NOT_DEPLOYED = [
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'NotFound',
  'StateMachineDoesNotExist',
];

const LOCAL_HINT = 'AWS_ENDPOINT_URL=http://127.0.0.1:4566 for a local pipeline';

/** Why something failed, in words for the user, with what to do where that is known. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (code === 'ECONNREFUSED' && endpoint) {
    return `nothing answers at ${endpoint} (AWS_ENDPOINT_URL); start it with: daybook local`;
  }
  if (error.name === 'CredentialsProviderError') {
    return `no AWS credentials: set AWS_PROFILE, or ${LOCAL_HINT}`;
  }
  if (/region is missing/i.test(error.message)) {
    return `no AWS region: set AWS_REGION, or ${LOCAL_HINT}`;
  }
  if (NOT_DEPLOYED.includes(error.name)) {
    return `no Daybook there (${error.name}: ${error.message}); are account, region and DAYBOOK_PREFIX those of a deployment?`;
  }
  const isPlain = error instanceof DeploymentError || error.name === 'Error';
  return isPlain ? error.message : `${error.name}: ${error.message}`;
}
