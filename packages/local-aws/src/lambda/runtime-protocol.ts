/** What the endpoint and a function's process say to each other, over Node's IPC channel. */

/** To the function. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** From the function. The payload is JSON text: the result, or the error as Lambda's Node runtime writes it. */
export interface ResultMessage {
  readonly requestId: string;
  readonly payload: string;
  readonly failed: boolean;
}

export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  /** The lines of the stack. */
  readonly trace?: readonly string[];
}
