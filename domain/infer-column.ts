/**
 * The type of a column of an unknown file, from its values. A reading is possible only as long as every value has it.
 */

import type { Column, ColumnType, DecimalType, Notation } from './contract';
import { columnParser, type ValueParser } from './values';

/** A column as it can be declared. */
export interface InferredColumn {
  readonly type: ColumnType;
  readonly notation?: Notation;
  /** What the values do not tell, and a person must decide. */
  readonly decide: readonly string[];
}

interface Reading {
  readonly type: ColumnType;
  readonly notation: Notation;
  readonly parse: ValueParser;
}

/** Of two decimals with the same values, money has the fixed size. */
const ANY_DECIMAL: DecimalType = 'decimal(38,9)';

/** In the order of preference: the first that reads every value is taken. */
const CANDIDATES: readonly { readonly type: ColumnType; readonly notation?: Notation }[] = [
  { type: 'int64' },
  { type: ANY_DECIMAL },
  { type: ANY_DECIMAL, notation: { decimal: '.' } },
  { type: ANY_DECIMAL, notation: { decimal: ',' } },
  { type: 'money' },
  { type: 'money', notation: { decimal: '.' } },
  { type: 'money', notation: { decimal: ',' } },
  { type: 'double' },
  { type: 'date' },
  { type: 'date', notation: { dateOrder: 'dmy' } },
  { type: 'date', notation: { dateOrder: 'mdy' } },
  { type: 'date', notation: { dateOrder: 'dmy', twoDigitYears: 1970 } },
  { type: 'date', notation: { dateOrder: 'mdy', twoDigitYears: 1970 } },
  { type: 'timestamp' },
  { type: 'timestamp', notation: { dateOrder: 'dmy' } },
  { type: 'timestamp', notation: { dateOrder: 'mdy' } },
  { type: 'timestamp', notation: { dateOrder: 'dmy', twoDigitYears: 1970 } },
  { type: 'timestamp', notation: { dateOrder: 'mdy', twoDigitYears: 1970 } },
  { type: 'boolean' },
  { type: 'json' },
];

/** Reads the values of one column one after the other. */
export class ColumnInference {
  private readings: Reading[];
  private values = 0;
  private missing = 0;
  private scale = 0;
  private digits = 0;
  private withoutOffset = false;
  private hasLeadingZero = false;
  private isObject = true;
  private isPlausibleEpoch: Record<'seconds' | 'milliseconds' | 'microseconds', boolean> = {
    seconds: true,
    milliseconds: true,
    microseconds: true,
  };

  constructor(private readonly name: string) {
    // Named so that leading zeros and scientific notation are refused: they are lost in a number.
    const column: Column = { name: 'value_id', type: 'text', required: false };
    this.readings = CANDIDATES.map(({ type, notation = {} }) => ({
      type,
      notation,
      parse: columnParser({ ...column, type, notation }, { kind: 'rows', key: [] }),
    }));
  }

  add(text: string): void {
    if (text.trim() === '') {
      this.missing += 1;
      return;
    }
    let value: string | null | undefined;
    const failed = new Set<Reading>();
    for (const reading of this.readings) {
      const parsed = reading.parse(text);
      if (parsed.ok) value = parsed.value;
      else failed.add(reading);
    }
    if (failed.size > 0) this.readings = this.readings.filter((reading) => !failed.has(reading));
    if (value === null) {
      this.missing += 1;
      return;
    }
    this.values += 1;
    this.look(text);
  }

  /** True if every row has a value. */
  get isComplete(): boolean {
    return this.missing === 0 && this.values > 0;
  }

  /** The declaration that reads every value. */
  result(): InferredColumn {
    if (this.values === 0) return { type: 'text', decide: ['no row has a value'] };
    if (this.hasLeadingZero) {
      const decide = ['leading zeros are kept as text; "leadingZeros: drop" makes it an int64'];
      return { type: 'text', decide };
    }
    const [first] = this.readings;
    if (!first || (first.type === 'json' && !this.isObject)) return { type: 'text', decide: [] };
    const notation = Object.keys(first.notation).length > 0 ? { notation: first.notation } : {};
    switch (first.type) {
      case 'int64':
        return this.wholeNumber();
      case ANY_DECIMAL:
      case 'money':
        return { type: this.amountType(first.type), ...notation, decide: this.decimalChoice(first) };
      case 'date':
      case 'timestamp':
        return { type: first.type, ...notation, decide: this.timeChoices(first) };
      default:
        return { type: first.type, decide: [] };
    }
  }

  private look(text: string): void {
    const [, fraction = ''] = /[.,](\d+)\D*$/.exec(text) ?? [];
    this.scale = Math.max(this.scale, fraction.length);
    this.digits = Math.max(this.digits, text.replaceAll(/\D/g, '').length - fraction.length);
    this.hasLeadingZero ||= /^\s*0\d+\s*$/.test(text);
    this.isObject &&= /^\s*[{[]/.test(text);
    if (!/(Z|GMT|UTC|[+-]\d\d(:?\d\d)?)\s*$/i.test(text)) this.withoutOffset = true;
    const number = Number(text);
    for (const [unit, perSecond] of EPOCH_UNITS) {
      const seconds = number / perSecond;
      this.isPlausibleEpoch[unit] &&= seconds >= EPOCH_FROM && seconds < EPOCH_TO;
    }
  }

  /** A number that could be a time since 1970 is one only if its column is named like a time. */
  private wholeNumber(): InferredColumn {
    const unit = EPOCH_UNITS.find(([one]) => this.isPlausibleEpoch[one])?.[0];
    if (unit === undefined || !NAMED_AS_TIME.test(this.name)) return { type: 'int64', decide: [] };
    const decide = [
      `these numbers are read as ${unit} since 1970, by the name of the column; otherwise int64`,
    ];
    return { type: 'timestamp', notation: { epoch: unit }, decide };
  }

  private amountType(type: ColumnType): ColumnType {
    const fitsMoney = this.scale <= 4 && this.digits <= 14;
    if (type === 'money' || (fitsMoney && NAMED_AS_MONEY.test(this.name))) return 'money';
    const scale = Math.min(Math.max(this.scale, 2), 38 - this.digits);
    return this.digits + scale <= 18 ? `decimal(18,${scale})` : `decimal(38,${scale})`;
  }

  private decimalChoice({ notation, type }: Reading): string[] {
    const other = this.readings.some(
      (one) =>
        one.type === type && one.notation.decimal !== undefined && one.notation.decimal !== notation.decimal,
    );
    return notation.decimal !== undefined && other
      ? ['whether the decimal separator is "." or ","; every value can be read with both']
      : [];
  }

  private timeChoices({ type, notation }: Reading): string[] {
    const other = this.readings.find(
      (one) =>
        one.type === type &&
        one.notation.dateOrder !== undefined &&
        one.notation.dateOrder !== notation.dateOrder,
    );
    return [
      ...(notation.dateOrder !== undefined && other
        ? [`whether dates are dmy or mdy; every value can be read with both`]
        : []),
      ...(notation.twoDigitYears !== undefined
        ? ['the first year of the hundred that two-digit years are in']
        : []),
      ...(type === 'timestamp' && this.withoutOffset
        ? ['the zone of times without an offset, such as "zone: Europe/Berlin"; default UTC']
        : []),
    ];
  }
}

const EPOCH_UNITS = [
  ['seconds', 1],
  ['milliseconds', 1e3],
  ['microseconds', 1e6],
] as const;
const EPOCH_FROM = Date.UTC(2000) / 1000;
const EPOCH_TO = Date.UTC(2100) / 1000;

const NAMED_AS_TIME = /(^|_)(at|on|date|time|timestamp|created|updated|modified)$|time|date/i;
const NAMED_AS_MONEY = /price|cost|amount|total|revenue|tax|fee|discount|shipping|paid|value/i;
