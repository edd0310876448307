/** Where a part of a YAML file is: `['columns', 'created_at', 'type']`. */
export type Place = readonly PropertyKey[];

/** What is wrong in a file, and what to do. */
export interface FileFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Files of definitions are wrong; the message has a line for each fault: `contracts/orders.yaml:12: ...`. */
export class FileFaultsError extends Error {
  override readonly name: string = 'FileFaultsError';
  constructor(readonly faults: readonly (FileFault & { readonly file: string })[]) {
    super(faults.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
  }
}

/** `columns.status: ` */
export const shownPlace = (place: Place): string =>
  place.length === 0 ? '' : `${place.map(String).join('.')}: `;
