/** Colours of theme.css for names; the last of the eight is for all others. */
const COLOURS = [1, 2, 3, 4, 5, 6, 7];
export const OTHERS_COLOUR = 8;

/**
 * Gives each name a colour: the one that it had before if it had one, so that a chart that is drawn every second does not change
 * colours when names change places.
 * @param names at most seven
 * @param before the colours that were given last
 * @returns numbers of `--chart-1` to `--chart-7`
 */
export function nameColours(
  names: readonly string[],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const kept = new Map(
    names.flatMap((name) => {
      const colour = before.get(name);
      return colour === undefined ? [] : [[name, colour] as const];
    }),
  );
  const used = new Set(kept.values());
  const free = COLOURS.filter((colour) => !used.has(colour));
  return new Map(names.map((name) => [name, kept.get(name) ?? free.shift() ?? OTHERS_COLOUR]));
}
