/** Messages between the endpoint and a function's process, over Node's IPC channel. */

export interface InvokeMessage {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** The payload is JSON text: the result, or the error in the format of Lambda's Node runtime. */
export interface ResultMessage {
  readonly requestId: string;
  readonly payload: string;
  readonly failed: boolean;
}

export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Stack lines. */
  readonly trace?: readonly string[];
}
