import { isObject } from '../event-values';
import { parseStructure } from '../parse-structure';
import { elementsOf } from '../properties';
import { GA_PRODUCT, gaProduct, gaProducts } from './ga-product';

export type ItemObject = Readonly<Record<string, unknown>>;

const MAX_LAYERS = 4;

/**
 * The items of an event as objects, in whatever form they are written: an array of objects; one object; objects by number; the
 * same as JSON or Python text, also encoded twice; texts of Google Analytics' web tag; Parquet's `{"list": [{"element": ...}]}`.
 *
 * @returns undefined if the value is none of them
 */
export function itemObjects(value: unknown, layer = 0): readonly ItemObject[] | undefined {
  if (value === null || value === undefined) return [];
  if (layer > MAX_LAYERS) return undefined;
  if (typeof value === 'string') return ofText(value, layer);
  if (Array.isArray(value)) return ofList(value, layer);
  if (!isObject(value)) return undefined;
  const list = elementsOf(value);
  if (list) return ofList(list, layer);
  const members = Object.entries(value);
  if (members.length === 0) return [];
  if (members.every(([name, member]) => /^\d+$/.test(name) && isObject(member))) {
    return ofList(
      members.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, member]) => member),
      layer,
    );
  }
  if (members.every(([name]) => GA_PRODUCT.test(name))) {
    return inOrder(value).map((product) => gaProduct(String(product)));
  }
  return [value];
}

/** The texts of products by the number in their names. */
const inOrder = (products: ItemObject): readonly unknown[] =>
  Object.entries(products)
    .toSorted(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)))
    .map(([, product]) => product);

function ofText(text: string, layer: number): readonly ItemObject[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const structure = parseStructure(trimmed);
  return structure === undefined ? gaProducts(trimmed) : itemObjects(structure, layer + 1);
}

function ofList(list: readonly unknown[], layer: number): readonly ItemObject[] | undefined {
  const items: ItemObject[] = [];
  for (const one of list) {
    const element = isObject(one) && 'element' in one && Object.keys(one).length === 1 ? one.element : one;
    if (isObject(element)) items.push(element);
    else {
      const inner = itemObjects(element, layer + 1);
      if (!inner) return undefined;
      items.push(...inner);
    }
  }
  return items;
}
