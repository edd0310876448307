/**
 * Rows that stand for several pieces: a price is then of one piece or of the whole line, which no file says by itself.
 */

import { type Contract, pseudonymizes } from './contract';
import type { Declaration } from './declare';
import type { FileFault } from './file-rules';
import { columnKey } from './header-columns';
import { quoted } from './values';

/** The most pieces of a row, so that no sum of them overflows. */
export const MAX_PIECES = 10_000_000;

/** Column keys that mean a number of pieces sold, where no contract says so. A stock or a number of returned pieces is none. */
const QUANTITY_KEY =
  /^(line|lineitem|item|items|order|ordered|product|sale|sales|sold|purchase|purchased|unit|units)?(quantity|quantities|qty)(ordered|purchased|sold|shipped|invoiced)?$|^(units|pieces|pcs)(ordered|purchased|sold)?$|^(menge|anzahl|stück|stückzahl|stueckzahl|cantidad|quantité|quantite|quantità|quantita|quantidade|aantal|antal|ilość|ilosc|количество|数量)$/;

/** @param key a column key of header-columns.ts */
export const isQuantityKey = (key: string): boolean => QUANTITY_KEY.test(key);

/** The first number of a cell: its sign, its digits, and an exponent. */
const FIRST_NUMBER = /([-−(]\s*)?([.,]?\d[\d.,]*)(e\+?\d)?/iu;

/** At most one. Three zeros after a comma may be a thousand. */
const UP_TO_ONE = /^0*(1(\.0*|,(?!000$)0*)?|[.,]\d*)?$/;

/** True for a cell that may mean more than one piece, such as `3`, `2 pcs` or `1,000`. */
export function isAboveOne(cell: string): boolean {
  const [, minus, number, exponent] = FIRST_NUMBER.exec(cell.replace(/(?<=\d)[\s'’](?=\d{3})/gu, '')) ?? [];
  if (number === undefined || minus !== undefined) return false;
  return exponent !== undefined || !UP_TO_ONE.test(number);
}

/** The fault of a file whose rows stand for several pieces, in a column for which the contract does not declare the price. */
export function undeclaredQuantity(
  contract: Contract,
  column: string,
  cell: string,
  line: number,
): FileFault {
  const { kind, quantity } = contract;
  const shown = /^\s*\d+\s*$/.test(cell) ? cell.trim() : quoted(cell);
  const { column: own = '', of = '' } = quantity ?? {};
  const name = /^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(column) ? column : JSON.stringify(column);
  const price = (unit: 'unit' | 'line') => `quantity: { column: ${own}, of: ${of}, price: ${unit} }`;
  const aliases = columnKey(column) === columnKey(own) ? undefined : `aliases: [${name}]`;
  const alias = aliases === undefined ? '' : `, and "${aliases}" to its column ${own}`;
  const declarations: Declaration[] = [
    { line: price('unit'), others: [price('line')], kind },
    ...(aliases === undefined ? [] : [{ line: aliases, others: [], kind, column: own }]),
  ];
  return {
    reason: `the column ${column} holds ${pseudonymizes(contract) ? 'more than 1' : shown} (line ${line})`,
    remedy: `declare whether ${of} is per piece or per line: add "${price('unit')}" (or price: line) to the contract of ${kind}${alias}`,
    declarations,
    line,
    kind,
  };
}

/** Why the pieces of a row make it bad, by column. */
export interface QuantityFault {
  readonly column: string;
  readonly rule: string;
  readonly reason: string;
}

/**
 * A function that limits the pieces of a row, and replaces the price of a piece by that of all its pieces. `values` are canonical
 * text in the order of the columns. Undefined for a contract that does not declare a price.
 */
export function quantityRule({
  columns,
  quantity,
}: Contract): ((values: (string | null)[]) => QuantityFault | undefined) | undefined {
  if (!quantity?.price) return undefined;
  const { column, of, price } = quantity;
  const pieces = columns.findIndex(({ name }) => name === column);
  const amount = columns.findIndex(({ name }) => name === of);
  return (values) => {
    const count = BigInt(values[pieces] ?? 1);
    if (count > MAX_PIECES || count < -MAX_PIECES) {
      const rule = `expected at most ${MAX_PIECES} pieces`;
      return { column, rule, reason: `${rule}, got ${count}` };
    }
    const ofOne = values[amount];
    if (price === 'line' || ofOne === null || ofOne === undefined) return undefined;
    const total = BigInt(ofOne.replace('.', '')) * count;
    if (total > MAX_MONEY || total < -MAX_MONEY) {
      const rule = 'expected an amount of at most 14 digits before the point for all pieces';
      return { column: of, rule, reason: `${rule}, got ${count} times ${ofOne}` };
    }
    values[amount] = moneyText(total);
    return undefined;
  };
}

/** In ten-thousandths. */
const MAX_MONEY = 10n ** 18n - 1n;

function moneyText(tenThousandths: bigint): string {
  const digits = String(tenThousandths < 0n ? -tenThousandths : tenThousandths).padStart(5, '0');
  return `${tenThousandths < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
