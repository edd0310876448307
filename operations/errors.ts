/** A request to a deployment that cannot be fulfilled. The message says why and what to do. */
export class DeploymentError extends Error {
  override readonly name: string = 'DeploymentError';
}

/** The errors AWS returns if the deployment's queue, table, bucket or state machine does not exist. */
const NOT_DEPLOYED = [
  'QueueDoesNotExist',
  'ResourceNotFoundException',
  'NoSuchBucket',
  'NotFound',
  'StateMachineDoesNotExist',
];

const LOCAL_HINT = 'AWS_ENDPOINT_URL=http://127.0.0.1:4566 for a local pipeline';

/** Explains an error to the user, with a remedy if one is known. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (code === 'ECONNREFUSED' && endpoint) {
    return `cannot connect to ${endpoint} (AWS_ENDPOINT_URL); start it with: daybook local`;
  }
  if (error.name === 'CredentialsProviderError') {
    return `no AWS credentials: set AWS_PROFILE, or ${LOCAL_HINT}`;
  }
  if (/region is missing/i.test(error.message)) {
    return `no AWS region: set AWS_REGION, or ${LOCAL_HINT}`;
  }
  if (NOT_DEPLOYED.includes(error.name)) {
    return `no Daybook deployment found (${error.name}: ${error.message}); check account, region and DAYBOOK_PREFIX`;
  }
  const isPlain = error instanceof DeploymentError || error.name === 'Error';
  return isPlain ? error.message : `${error.name}: ${error.message}`;
}
