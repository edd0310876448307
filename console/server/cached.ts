/** Caches a result for `forMs` milliseconds and shares it between callers; errors are not cached. */
export function cached<Value>(forMs: number, find: () => Promise<Value>): () => Promise<Value> {
  let known: { readonly at: number; readonly value: Promise<Value> } | undefined;
  return () => {
    if (known && Date.now() - known.at < forMs) return known.value;
    const value = find();
    known = { at: Date.now(), value };
    value.catch(() => {
      if (known?.value === value) known = undefined;
    });
    return value;
  };
}
