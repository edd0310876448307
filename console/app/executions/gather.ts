interface Wanted<Answer> {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks for things by name, one at a time, and gathers what is asked for at about the same time into one request. What is no
 * longer wanted when the request is made is left out of it, and never answered.
 * @param ask answers those that there are
 * @param most names in one request
 * @param waitMs how long it gathers
 * @returns null for a name that was not answered
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
