/** What was asked of a deployment cannot be done; the message says why, and what to do. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
}
