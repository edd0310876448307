/** A policy that says something this IAM does not understand; the message names the statement and the element. */
export class PolicyError extends Error {
  constructor(
    readonly where: string,
    fault: string,
  ) {
    super(`${where}: ${fault}`);
    this.name = 'PolicyError';
  }
}

/** A service may not act under a role: there is none of that ARN, or its trust policy does not let it. */
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
