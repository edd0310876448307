/**
 * Keeps what a pure function computed. It holds at most twice `limit` entries: those used since it was last full, and those used
 * before that.
 */
export function boundedCache<Value>(limit: number, compute: (key: string) => Value): (key: string) => Value {
  let recent = new Map<string, Value>();
  let older = new Map<string, Value>();
  return (key) => {
    const known = recent.get(key);
    if (known !== undefined) return known;
    const value = older.get(key) ?? compute(key);
    if (recent.size >= limit) {
      older = recent;
      recent = new Map();
    }
    recent.set(key, value);
    return value;
  };
}
