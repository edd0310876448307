const { PROPERTY_RUNS = '1', PROPERTY_SEED } = process.env;

/**
 * What a property test gives `fc.assert`: the runs it takes every day, times PROPERTY_RUNS where bugs are looked for in
 * earnest (`PROPERTY_RUNS=20 npx jest property`); PROPERTY_SEED repeats those that a failure named.
 */
export const propertyRuns = (everyDay: number) => ({
  numRuns: Math.ceil(everyDay * Number(PROPERTY_RUNS)),
  ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
});

/** Milliseconds for a test whose runs take so many seconds together, slow machines and the search for a small failure included. */
export const propertyTimeout = (seconds: number): number =>
  10_000 * seconds * Math.max(1, Number(PROPERTY_RUNS));
