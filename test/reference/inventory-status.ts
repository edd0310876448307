import { entry } from './grouped';
import type { MartRow } from './mart-row';
import { hundredths, money } from './rounded';
import { compareIds, type Id, id, latest, type RowIdentity, type RowVersion, whole } from './rows';

/** What was sold of a product on a day; revenue in ten-thousandths. */
interface Sold {
  readonly product: Id;
  readonly day: string;
  readonly units: bigint;
  readonly revenue: bigint;
}

/** @param days with an order, in any order */
export function inventoryStatus(
  counts: readonly RowVersion[],
  identity: RowIdentity,
  sold: readonly Sold[],
  days: readonly string[],
): MartRow[] {
  const recentDays = [...days].sort().slice(-30);
  const recent = new Map<Id, { units: bigint }>();
  const revenues = new Map<Id, { revenue: bigint }>();
  for (const { product, day, units, revenue } of sold) {
    // The revenue of a day, as readers see it.
    entry(revenues, product, () => ({ revenue: 0n })).revenue += BigInt(money(revenue).replace('.', ''));
    if (recentDays.includes(day)) entry(recent, product, () => ({ units: 0n })).units += units;
  }
  const classes = abcClasses(revenues);
  return [...latest(counts, identity).values()].map((row) => {
    const product = id(row, 'product_id') ?? '';
    const onHand = whole(row, 'on_hand') ?? 0n;
    const units = recent.get(product)?.units ?? 0n;
    const sellingDays = BigInt(recentDays.length);
    const stock = onHand > 0n ? onHand : 0n;
    return {
      product_id: `${product}`,
      on_hand: `${onHand}`,
      counted_at: `${whole(row, 'counted_at')}`,
      units_per_day: sellingDays > 0n ? hundredths(units * 100n, sellingDays) : '0.00',
      days_of_cover: units > 0n ? hundredths(stock * sellingDays * 100n, units) : null,
      is_stock_out: `${onHand <= 0n}`,
      is_overstock: `${units > 0n && stock * sellingDays > 90n * units}`,
      abc_class: classes.get(product) ?? 'C',
    };
  });
}

/** A product is of a class while those before it have less than its share of the revenue: the one that reaches it is the last. */
function abcClasses(revenues: ReadonlyMap<Id, { revenue: bigint }>): Map<Id, string> {
  const sorted = [...revenues].sort(
    ([a, { revenue: ofA }], [b, { revenue: ofB }]) => Number(ofB - ofA) || compareIds(a, b),
  );
  const all = sorted.reduce((sum, [, { revenue }]) => sum + revenue, 0n);
  const classes = new Map<Id, string>();
  let before = 0n;
  for (const [product, { revenue }] of sorted) {
    classes.set(product, before * 100n < all * 80n ? 'A' : before * 100n < all * 95n ? 'B' : 'C');
    before += revenue;
  }
  return classes;
}
