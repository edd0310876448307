import type { BuiltRows } from './row-build';

/** The versions of tables by name: differs also between two tables of one name. `-` for a table that there is not yet. */
export type Versions = ReadonlyMap<string, string>;

/** Versions as one text. */
export const stateOf = (versions: Versions): string => [...versions.values()].join(' ');

/** Rows that readers share: once they are replaced, they are deleted as soon as nobody reads them. */
export class KeptRows {
  private readers = 0;
  private isReplaced = false;

  /**
   * @param versions the versions of the tables that they were computed from, by name
   * @param drop deletes them
   */
  constructor(
    readonly rows: BuiltRows,
    readonly versions: Versions,
    private readonly drop: () => Promise<void>,
  ) {}

  get state(): string {
    return stateOf(this.versions);
  }

  /** Keeps them until `leave`. */
  hold(): void {
    this.readers += 1;
  }

  async leave(): Promise<void> {
    this.readers -= 1;
    await this.tidy();
  }

  async replace(): Promise<void> {
    this.isReplaced = true;
    await this.tidy();
  }

  private async tidy(): Promise<void> {
    if (this.isReplaced && this.readers === 0) await this.drop();
  }
}
