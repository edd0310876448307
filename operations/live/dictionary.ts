/** Small numbers for texts, of which there are few, so that a million rows of them take little memory. */
export class Dictionary {
  private readonly codes = new Map<string, number>();
  private texts: (string | undefined)[] = [undefined];
  private free: number[] = [];

  /** @param size maximum number of texts at a time; further ones share the code 0 */
  constructor(private readonly size: number) {}

  code(text: string): number {
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    if (this.codes.size >= this.size) return 0;
    const code = this.free.pop() ?? this.texts.length;
    this.codes.set(text, code);
    this.texts[code] = text;
    return code;
  }

  /** undefined: the code is 0. */
  text(code: number): string | undefined {
    return this.texts[code];
  }

  /** Forgets the texts whose codes are in no row any more. @param used the codes that are */
  keep(used: ReadonlySet<number>): void {
    for (const [text, code] of this.codes) {
      if (used.has(code)) continue;
      this.codes.delete(text);
      this.texts[code] = undefined;
      this.free.push(code);
    }
  }
}
