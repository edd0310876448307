/** The rates cannot be read from their address; the message names it and says what to do. Nothing was written, and a retry is safe. */
export class RatesError extends Error {
  override readonly name = 'RatesError';
  /** @param problem what was expected and what came */
  constructor(
    readonly url: string,
    problem: string,
  ) {
    super(
      `${url}: ${problem}; nothing was written, and the next run tries again. If the address is wrong, set another one with -c ratesUrl=...`,
    );
  }
}
