/**
 * An error of a running state: its name for Retry and Catch, and its Error and Cause.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export class StateError extends Error {
  /** Read by the interpreter. */
  readonly isRetryable: boolean;
  /** Read by the interpreter. */
  readonly isCatchable: boolean;

  /** @param error its name; @param causeText a message or a JSON document */
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

/** A path or template that does not match its data. Ends the execution; Catch does not apply. */
export class RuntimeStateError extends StateError {
  constructor(cause: string) {
    super('States.Runtime', cause, { fatal: true });
  }
}

/** More than 262,144 bytes. Ends the execution; Catch does not apply. */
export class DataLimitError extends StateError {
  constructor(state: string, what: 'input' | 'result') {
    super(
      'States.DataLimitExceeded',
      `The state/task '${state}' ${what === 'input' ? 'was given an input' : 'returned a result'} with a size exceeding the maximum number of bytes service limit.`,
      { fatal: true },
    );
  }
}

/** The execution ended or an enclosing state failed before this state ended. */
export class InterruptedError extends StateError {
  constructor(state: string) {
    super('Local.Interrupted', `${state} was interrupted`, { fatal: true });
  }
}

/** An invalid or unsupported definition; the message names the state and the field. */
export class DefinitionError extends Error {
  constructor(
    readonly where: string,
    fault: string,
  ) {
    super(`${where}: ${fault}`);
    this.name = 'DefinitionError';
  }
}
