import { type Column, type Contract, columnNotation, type Notation } from '../contract';
import { declare, type Remedy } from '../declare';

/** The settings of a deployment on which the reading of values depends. */
export interface ValueSettings {
  /** IANA name; a date without a time is that day in this time zone. */
  readonly timeZone: string;
  /** ISO 4217 code of the shop's currency. Undeclared, the single currency that a file names is the shop's. */
  readonly currency?: string | undefined;
}

export const DEFAULT_SETTINGS: ValueSettings = { timeZone: 'UTC' };

/** What the parser of a column needs to know besides its type. */
export interface ValueContext {
  readonly notation: Notation;
  /** True if the value identifies a row of this or another kind. */
  readonly isId: boolean;
  readonly settings: ValueSettings;
  /** The line to add to the column; see domain/declare.ts. */
  readonly declare: (line: string, others?: readonly string[]) => Remedy;
}

export function valueContext(
  column: Column,
  contract: Pick<Contract, 'kind' | 'key' | 'notation' | 'isOfSource'>,
  settings: ValueSettings,
): ValueContext {
  const { name } = column;
  return {
    notation: columnNotation(column, contract),
    isId: isId(column, contract),
    settings,
    declare: (line, others) =>
      declare(
        line,
        isNotation(line) ? notationPlace(name, contract) : { kind: contract.kind, column: name },
        others,
      ),
  };
}

const isNotation = (line: string): boolean => line.startsWith('notation:');

/** Where the notation of a column is declared: a source has one for all of its columns. */
export const notationPlace = (
  column: string,
  { kind, isOfSource }: Pick<Contract, 'kind' | 'isOfSource'>,
): Parameters<typeof declare>[1] => (isOfSource ? { kind } : { kind, column });

/** True for the columns of the key, and for those named as the ids of other kinds are: `id`, `user_id`. */
export const isId = ({ name }: Column, { key }: Pick<Contract, 'key'>): boolean =>
  key.includes(name) || name === 'id' || name.endsWith('_id');
