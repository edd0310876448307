/** What cannot change any more, kept for who asks again: so much of it, the ones asked for last. */
export class Kept<Value> {
  private readonly values = new Map<string, Value>();

  constructor(private readonly most: number) {}

  /** What is kept, or what `find` gives now; nothing is kept of undefined, or of a failure. */
  async of(key: string, find: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const value = this.values.get(key) ?? (await find());
    if (value === undefined) return undefined;
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value ?? '');
    return value;
  }
}
