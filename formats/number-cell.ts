import type { Column, Contract } from '../domain/contract';

/**
 * A column whose declared decimal separator is a comma: the point of a number that is no text, as in JSON and Parquet, is written as
 * one, so that it cannot be taken for a separator of thousands.
 * @returns undefined where numbers are read as they are
 */
export function numberCell(column: Column, contract: Contract): ((text: string) => string) | undefined {
  const decimal = column.notation?.decimal ?? contract.notation?.decimal;
  return decimal === ',' ? (text) => text.replace('.', ',') : undefined;
}
