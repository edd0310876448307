import type { Column, ColumnType, Contract, DecimalType } from '../contract';
import { amountParser } from './amount';
import { parseBoolean } from './boolean';
import { DEFAULT_SETTINGS, type ValueContext, type ValueSettings, valueContext } from './context';
import { dateParser } from './date';
import { doubleParser } from './double';
import { parseJson } from './json';
import type { ParsedValue, ValueParser } from './parsed';
import { textParser } from './text';
import { timestampParser } from './timestamp';
import { wholeNumberParser } from './whole-number';

const MONEY_SIZE = [18, 4] as const;

/** The parser of a column's cells, made once per file. Its values are canonical text; see domain/values. */
export function columnParser(
  column: Column,
  contract: Pick<Contract, 'kind' | 'key' | 'notation' | 'isOfSource'>,
  settings: ValueSettings = DEFAULT_SETTINGS,
): ValueParser {
  return parserOf(column.type, valueContext(column, contract, settings));
}

/** Parses a cell of any type for which nothing is declared. */
export const parseValue = (type: ColumnType, text: string): ParsedValue => undeclared(type)(text);

const parsers = new Map<ColumnType, ValueParser>();

function undeclared(type: ColumnType): ValueParser {
  const known = parsers.get(type);
  if (known) return known;
  const parser = columnParser({ name: 'value', type, required: false }, { kind: 'rows', key: [] });
  parsers.set(type, parser);
  return parser;
}

function parserOf(type: ColumnType, context: ValueContext): ValueParser {
  switch (type) {
    case 'text':
      return textParser(context);
    case 'int64':
      return wholeNumberParser(context);
    case 'money':
      return amountParser(MONEY_SIZE, true, context);
    case 'timestamp':
      return timestampParser(context);
    case 'double':
      return doubleParser(context);
    case 'boolean':
      return parseBoolean;
    case 'date':
      return dateParser(context);
    case 'json':
      return parseJson;
    default:
      return amountParser(decimalSize(type), false, context);
  }
}

/** Precision and scale of a decimal type: `decimal(18,4)` has 18 digits, 4 of them after the point. */
export function decimalSize(type: DecimalType): [number, number] {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? [];
  return [Number(precision), Number(scale)];
}
