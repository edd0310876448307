interface Wanted<Answer> {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches requests for single names that arrive at about the same time. Requests that are cancelled before the batch is sent
 * are left out of it and never resolve.
 * @param ask returns the values that exist
 * @param most maximum number of names in a batch
 * @param waitMs how long a batch collects names
 * @returns null for a name without a value
 */
export function gathering<Answer extends { readonly name: string }>(
  ask: (names: readonly string[]) => Promise<readonly Answer[]>,
  most: number,
  waitMs: number,
): (name: string, signal: AbortSignal) => Promise<Answer | null> {
  let wanted: Wanted<Answer>[] = [];

  const answer = async (batch: readonly Wanted<Answer>[]) => {
    try {
      const answers = await ask([...new Set(batch.map(({ name }) => name))]);
      const byName = new Map(answers.map((one) => [one.name, one]));
      for (const { name, resolve } of batch) resolve(byName.get(name) ?? null);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const flush = () => {
    const batch = wanted.filter(({ signal }) => !signal.aborted);
    wanted = [];
    for (let start = 0; start < batch.length; start += most) void answer(batch.slice(start, start + most));
  };

  return (name, signal) =>
    new Promise((resolve, reject) => {
      if (wanted.length === 0) setTimeout(flush, waitMs);
      wanted.push({ name, signal, resolve, reject });
    });
}
