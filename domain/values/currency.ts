/** Currency symbols and codes next to amounts. */

/** Symbols by the currencies that use them. A symbol of one currency is the same as its code. */
const SYMBOLS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU DOP BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD',
  US$: 'USD',
  C$: 'CAD NIO',
  CA$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  S$: 'SGD',
  HK$: 'HKD',
  NT$: 'TWD',
  MX$: 'MXN',
  R$: 'BRL',
  '£': 'GBP EGP FKP GIP LBP SDG SHP SSP SYP',
  '¥': 'JPY CNY',
  '￥': 'JPY CNY',
  元: 'CNY TWD HKD',
  円: 'JPY',
  '₹': 'INR',
  RS: 'INR PKR LKR NPR MUR SCR',
  '₽': 'RUB',
  '₩': 'KRW KPW',
  '₺': 'TRY',
  '₴': 'UAH',
  '₫': 'VND',
  '₱': 'PHP CUP',
  '₪': 'ILS',
  '₦': 'NGN',
  '₵': 'GHS',
  '₡': 'CRC SVC',
  '₸': 'KZT',
  '₼': 'AZN',
  '₾': 'GEL',
  '₭': 'LAK',
  '₮': 'MNT',
  '₲': 'PYG',
  '៛': 'KHR',
  '฿': 'THB',
  '৳': 'BDT',
  KR: 'SEK NOK DKK ISK',
  ZŁ: 'PLN',
  KČ: 'CZK',
  FT: 'HUF',
  FR: 'CHF',
  SFR: 'CHF',
  LEI: 'RON MDL',
  ЛВ: 'BGN KGS UZS',
  RM: 'MYR',
  RP: 'IDR',
  R: 'ZAR',
  'S/': 'PEN',
};

/** A symbol or code as written next to an amount. */
export interface CurrencyMark {
  /** The code if there is only one currency, otherwise the symbol. */
  readonly name: string;
  readonly currencies: readonly string[];
}

const CODES = new Set(Intl.supportedValuesOf('currency'));

/** True for an ISO 4217 code. */
export const isCurrency = (code: string): boolean => CODES.has(code);

/** undefined if the text is neither a known symbol nor an ISO 4217 code, in any case. */
export function currencyMark(text: string): CurrencyMark | undefined {
  const name = text.toUpperCase();
  if (isCurrency(name)) return { name, currencies: [name] };
  const currencies = SYMBOLS[name.replace(/(?<=\p{L})\.$/u, '')]?.split(' ');
  if (!currencies) return undefined;
  return { name: currencies.length === 1 ? (currencies[0] ?? name) : name.replace(/\.$/, ''), currencies };
}
