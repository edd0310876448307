/**
 * An error of a running state: what Retry and Catch match by name, and what they pass on as Error and Cause.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export class StateError extends Error {
  /** Read by the interpreter: whether Retry may match. */
  readonly isRetryable: boolean;
  /** Read by the interpreter: whether Catch may match. */
  readonly isCatchable: boolean;

  /** @param error its name; @param cause for people, or a JSON document */
  constructor(
    error: string,
    readonly causeText: string,
    handling: { readonly fatal?: boolean } = {},
  ) {
    super(causeText);
    this.name = error;
    this.isRetryable = !handling.fatal;
    this.isCatchable = !handling.fatal;
  }
}

/** A path or a template that does not fit its data: ends the execution, past every Catch. */
export class RuntimeStateError extends StateError {
  constructor(cause: string) {
    super('States.Runtime', cause, { fatal: true });
  }
}

/** Over 262,144 bytes: ends the execution, past every Catch. */
export class DataLimitError extends StateError {
  constructor(state: string, what: 'input' | 'result') {
    super(
      'States.DataLimitExceeded',
      `The state/task '${state}' ${what === 'input' ? 'was given an input' : 'returned a result'} with a size exceeding the maximum number of bytes service limit.`,
      { fatal: true },
    );
  }
}

/** The execution ended, or the Map around it failed, before the state did: nothing of it counts any more. */
export class InterruptedError extends StateError {
  constructor(state: string) {
    super('Local.Interrupted', `${state} was interrupted`, { fatal: true });
  }
}

/** A definition that cannot run here; the message names the state and the field. */
export class DefinitionError extends Error {
  constructor(
    readonly where: string,
    fault: string,
  ) {
    super(`${where}: ${fault}`);
    this.name = 'DefinitionError';
  }
}
