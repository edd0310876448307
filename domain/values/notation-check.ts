import { type Contract, pseudonymizes } from '../contract';
import { declare, inSentence, type Remedy } from '../declare';
import { notationPlace } from './context';
import { currencyMark } from './currency';
import { quoted, type SeenNotation } from './parsed';

type Aspect = keyof SeenNotation;
const ASPECTS: readonly Aspect[] = ['decimal', 'currency', 'dateOrder'];

interface Sighting {
  readonly is: string;
  readonly column: string;
  readonly text: string;
  readonly line: number;
}

/** Two values of one file that are written in different notations, for the person who sent it. */
export interface MixedNotations extends Remedy {
  readonly reason: string;
  /** The physical line of the second value. */
  readonly line: number;
}

/**
 * Finds values of a file that contradict each other: decimal points and decimal commas, or both orders of day and month, in one
 * column; two currencies in one file. The order of the rows does not matter.
 */
export class NotationCheck {
  /** What was last seen in each column, as most values of a column are written alike. */
  private readonly last: (SeenNotation | undefined)[] = [];
  private readonly first = new Map<string, Sighting>();
  private readonly mixed = new Map<string, [Sighting, Sighting]>();

  constructor(private readonly contract: Pick<Contract, 'kind' | 'columns' | 'isOfSource'>) {}

  /** @param at the index of the column in the contract */
  add(at: number, seen: SeenNotation, text: string, line: number): void {
    if (this.last[at] === seen) return;
    this.last[at] = seen;
    const column = this.contract.columns[at]?.name ?? '';
    for (const aspect of ASPECTS) {
      const is = seen[aspect];
      if (is === undefined) continue;
      // The amounts of a file are in the shop's currency, which is one.
      const scope = aspect === 'currency' ? aspect : `${aspect} ${column}`;
      const sighting = { is, column, text: text.trim(), line };
      const first = this.first.get(scope);
      if (!first) this.first.set(scope, sighting);
      else if (first.is !== is && !this.mixed.has(scope)) this.mixed.set(scope, [first, sighting]);
    }
  }

  /** True if a decimal comma was found, which contradicts every decimal point in the column. */
  get hasDecimalComma(): boolean {
    return [...this.first].some(([scope, { is }]) => scope.startsWith('decimal') && is === ',');
  }

  private shown({ text }: Sighting): string {
    return pseudonymizes(this.contract) ? '' : `${quoted(text)} `;
  }

  /** The first contradiction; undefined if there is none. */
  fault(): MixedNotations | undefined {
    for (const [scope, [one, other]] of this.mixed) {
      const aspect = scope.split(' ', 1)[0] as Aspect;
      const place = notationPlace(other.column, this.contract);
      const where =
        one.column === other.column
          ? `the column ${one.column}`
          : `the columns ${one.column} and ${other.column}`;
      return {
        reason:
          `${where} ${one.column === other.column ? 'mixes' : 'mix'} ${WHAT[aspect]}: ` +
          `${this.shown(one)}in line ${one.line} and ${this.shown(other)}in line ${other.line}`,
        ...REMEDY[aspect](one.is, other.is, place),
        line: other.line,
      };
    }
    return undefined;
  }
}

const WHAT: Readonly<Record<Aspect, string>> = {
  decimal: 'decimal points and decimal commas',
  currency: 'currencies',
  dateOrder: 'orders of day and month',
};

type Place = Parameters<typeof declare>[1];

const REMEDY: Readonly<Record<Aspect, (one: string, other: string, place: Place) => Remedy>> = {
  decimal: (one, other, place) => declare(`notation: { decimal: '${one}' }`, place, [`'${other}'`]),
  currency: (one, other, place) =>
    inSentence(
      declare(`notation: { currency: ${codeOf(one)} }`, place, [codeOf(other)]),
      (remedy) => `send amounts of one currency only; if they are, ${remedy}`,
    ),
  dateOrder: (one, other, place) =>
    inSentence(
      declare(`notation: { dateOrder: ${one} }`, place, [other]),
      (remedy) => `write all dates in one order, and ${remedy}`,
    ),
};

const codeOf = (name: string) => currencyMark(name)?.currencies[0] ?? name;
