type Definition = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is Definition => typeof value === 'object' && value !== null;

/** A state of a definition by its name, those inside of Maps and Parallels too; undefined where there is none. */
export function stateOf(definition: unknown, name: string): unknown {
  const states = isObject(definition) && isObject(definition.States) ? definition.States : {};
  if (Object.hasOwn(states, name)) return states[name];
  for (const state of Object.values(states)) {
    if (!isObject(state)) continue;
    const branches = Array.isArray(state.Branches) ? state.Branches : [];
    for (const inner of [state.ItemProcessor, state.Iterator, ...branches]) {
      const found = stateOf(inner, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
