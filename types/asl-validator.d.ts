declare module 'asl-validator' {
  /** Whether a definition is valid Amazon States Language, and what is wrong with it. */
  export default function validate(
    definition: unknown,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errorsText: (separator?: string) => string };
}
