/** The columns of a file that its contract does not have, kept as JSON. */

/** A column that is kept. */
export interface KeptColumn {
  /** The index of the cell. */
  readonly at: number;
  /** Its name in the header, made unique. */
  readonly name: string;
}

/** The columns at these indexes. One without a name is called after its place, and a repeated name gets a number. */
export function keptColumns(header: readonly string[], indexes: readonly number[]): KeptColumn[] {
  const names = new Set<string>();
  return indexes.map((at) => {
    const base = header[at]?.trim() || `column ${at + 1}`;
    let name = base;
    for (let number = 2; names.has(name); number += 1) name = `${base} (${number})`;
    names.add(name);
    return { at, name };
  });
}

/** A JSON object of the cells that have a value, in the order of the file; null if none has. */
export function extraJson(columns: readonly KeptColumn[], cells: readonly string[]): string | null {
  const members = columns.flatMap(({ at, name }) => {
    const cell = cells[at] ?? '';
    return cell === '' ? [] : [`${JSON.stringify(name)}:${JSON.stringify(cell)}`];
  });
  return members.length === 0 ? null : `{${members.join(',')}}`;
}
