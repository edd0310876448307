import { z } from 'zod';

export type FormValue = string | FormValue[] | { [name: string]: FormValue };

/**
 * Decodes flattened form fields of the AWS Query protocol: `A.member.1.B=x` becomes `{ A: [{ B: 'x' }] }`, and
 * `A.entry.1.key=k` an array of entries.
 */
export function decodeForm(text: string): Record<string, FormValue> {
  const root: Record<string, FormValue> = Object.create(null);
  for (const [path, value] of new URLSearchParams(text)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let node = root;
    for (const name of names) {
      const next = node[name];
      if (typeof next === 'object' && !Array.isArray(next)) {
        node = next;
      } else {
        const created: Record<string, FormValue> = Object.create(null);
        node[name] = created;
        node = created;
      }
    }
    node[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, foldLists(value)]));
}

function foldLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const names = Object.keys(value);
  const list = names.length === 1 ? (value.member ?? value.entry) : undefined;
  if (typeof list === 'object' && !Array.isArray(list)) {
    return Object.keys(list)
      .sort((a, b) => Number(a) - Number(b))
      .map((index) => foldLists(list[index] ?? ''));
  }
  return Object.fromEntries(names.map((name) => [name, foldLists(value[name] ?? '')]));
}

/** A list parameter; a missing or empty one (`Name=`) is the empty list. */
export const formList = <Member extends z.ZodType>(member: Member) =>
  z.preprocess((value) => (value === undefined || value === '' ? [] : value), z.array(member));

/** A map parameter: entries with `key` and `value`. */
export const formMap = () =>
  formList(z.object({ key: z.string(), value: z.string() })).transform((entries) =>
    Object.fromEntries(entries.map(({ key, value }) => [key, value])),
  );
