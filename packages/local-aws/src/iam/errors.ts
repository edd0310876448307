/** An invalid policy or an unsupported element; the message names the statement and the element. */
export class PolicyError extends Error {
  constructor(
    readonly where: string,
    fault: string,
  ) {
    super(`${where}: ${fault}`);
    this.name = 'PolicyError';
  }
}

/** The role does not exist, or its trust policy does not allow the service. */
export class CannotAssumeRoleError extends Error {
  constructor(
    readonly roleArn: string,
    readonly service: string,
    why: string,
  ) {
    super(`${service} cannot assume the role ${roleArn}: ${why}`);
    this.name = 'CannotAssumeRoleError';
  }
}
