import type { EventForms } from '../../contract';
import type { RowFault } from '../../row-rules';
import { quoted } from '../../values';
import { type Row, RowMaker, type RowRules } from '../event-row';
import { cellText } from '../event-values';
import { Properties, PropertyIndex, propertyKey } from '../properties';
import { GA_PRODUCT } from './ga-product';
import { type ItemObject, itemObjects } from './item-objects';

/** An item without the columns that are those of its event. */
export interface Item {
  readonly row: Row;
  readonly extra: string | null;
}

export interface ItemReader {
  /** The items of an event; what is wrong with them is added to its faults. */
  read(event: Properties, faults: RowFault[]): readonly Item[];
  /** The sum of price times quantity; null if a price is missing. */
  total(items: readonly Item[]): string | null;
  /** The rows of the items. @param event the row of their event */
  rows(
    items: readonly Item[],
    event: Row,
  ): readonly { readonly values: readonly (string | null)[]; readonly extra: string | null }[];
}

/** Columns that are those of the event. */
export const COLUMNS_OF_EVENT: readonly string[] = [
  'event_id',
  'event_name',
  'event_time',
  'is_time_received',
  'received_at',
  'event_date',
  'is_bot',
  'visitor_id',
  'user_id',
  'session_id',
  'rules_version',
] as const;

const CONTAINERS = new Set(['item_params', 'properties', 'attributes', 'item', 'product'].map(propertyKey));

/** The most items of one event: more come from no cart and no list. */
const MAX_ITEMS = 1000;

const NO_PRODUCT = 'expected a product_id or a name';

/** Reads items by the contract of their kind. @param ofEvents gets the names of properties with items */
export function itemReader(
  { lists, product }: EventForms,
  rules: Omit<RowRules, 'computed' | 'index'>,
  ofEvents: PropertyIndex,
): ItemReader {
  const ofItems = new PropertyIndex(CONTAINERS);
  const rows = new RowMaker({ ...rules, index: ofItems, computed: [...COLUMNS_OF_EVENT, 'item_index'] });
  const names = (column: string) => product[column] ?? [];
  const listGroup = ofEvents.group(lists);
  const ofProduct = rows.given.map((column) => ({ column, group: ofEvents.group(names(column.name)) }));
  const productGroup = ofEvents.group([...names('product_id'), ...names('name')]);
  const listName = ofEvents.group(names('list_name'));

  /** The objects of the first property with items. */
  const listed = (event: Properties, faults: RowFault[]): readonly ItemObject[] => {
    const property = event.find(listGroup);
    // A number is that of the items.
    if (property && (typeof property.value === 'object' || typeof property.value === 'string')) {
      const objects = itemObjects(property.value);
      if (objects && objects.length <= MAX_ITEMS) {
        property.isTaken = true;
        return objects;
      }
      faults.push(notItems(property.place.name, property.value, objects));
      return [];
    }
    const products = event.matching(GA_PRODUCT);
    for (const one of products) one.isTaken = true;
    return itemObjects(Object.fromEntries(products.map(({ place, value }) => [place.name, value]))) ?? [];
  };

  const item = (object: ItemObject, index: number, faults: RowFault[]): Item | undefined => {
    const properties = new Properties(object, ofItems);
    const row = rows.open();
    for (const column of rows.given) rows.read(row, column, column.group, properties);
    return finished(row, properties.rest(NOTHING), index, faults);
  };

  /** The item of an event that has no list but is about a product. */
  const single = (event: Properties, faults: RowFault[]): readonly Item[] => {
    if (!event.find(productGroup)) return [];
    const row = rows.open();
    for (const { column, group } of ofProduct) rows.read(row, column, group, event);
    const found = finished(row, null, 0, faults);
    return found ? [found] : [];
  };

  const finished = (row: Row, extra: string | null, index: number, faults: RowFault[]): Item | undefined => {
    for (const fault of row.faults) faults.push({ ...fault, column: `items[${index}].${fault.column}` });
    if (row.get('product_id') === undefined && row.get('name') === undefined) {
      const isBlank = row.values.every((value) => value === null) && extra === null;
      if (!isBlank && row.faults.length === 0)
        faults.push({ column: `items[${index}]`, rule: NO_PRODUCT, reason: `${NO_PRODUCT}, got none` });
      return undefined;
    }
    if (row.get('quantity') === undefined) row.set('quantity', '1');
    return { row, extra };
  };

  return {
    read(event, faults) {
      const objects = listed(event, faults);
      if (objects.length === 0) return faults.length > 0 ? [] : single(event, faults);
      const items = objects.flatMap((object, index) => item(object, index, faults) ?? []);
      const ofList = items.some(({ row }) => row.get('list_name') === undefined)
        ? event.take(listName)
        : undefined;
      if (ofList !== undefined) {
        for (const { row } of items) row.set('list_name', row.get('list_name') ?? ofList);
      }
      return items;
    },

    total(items) {
      let units = 0n;
      let decimals = 0;
      for (const { row } of items) {
        const price = row.get('price');
        if (price === undefined) return null;
        units += BigInt(price.replace('.', '')) * BigInt(row.get('quantity') ?? 1);
        decimals = price.length - 1 - price.indexOf('.');
      }
      return items.length === 0 ? null : decimalText(units, decimals);
    },

    rows(items, event) {
      return items.map(({ row, extra }, index) => {
        for (const name of COLUMNS_OF_EVENT) row.set(name, event.get(name));
        row.set('item_index', String(index));
        return { values: row.values, extra };
      });
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();

const LIST = 'expected a list of items as JSON';

function notItems(column: string, value: unknown, objects: readonly ItemObject[] | undefined): RowFault {
  if (!objects) return { column, rule: LIST, reason: `${LIST}, got ${quoted(cellText(value) ?? '')}` };
  const rule = `expected at most ${MAX_ITEMS} items`;
  return { column, rule, reason: `${rule}, got ${objects.length}` };
}

/** Prices of one column have the same number of decimals. */
function decimalText(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
