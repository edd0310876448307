/** What a function of dynalite passes to its callback, as a promise. */
export function called<Result>(
  run: (done: (error: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  return new Promise((resolve, reject) =>
    run((error, result) => (error ? reject(error) : resolve(result as Result))),
  );
}
