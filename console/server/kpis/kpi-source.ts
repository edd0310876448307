import type { Deployment } from '../../../deployment/deployment';
import { INDEXED_DAYS, type Kpi, readCategoryKpis, readOrderKpis } from '../../../deployment/kpis';
import type { Days } from '../../api/kpis';
import { isDay, lengthOf } from './calendar';
import { kept } from './readings';

/** The KPIs of a deployment, read from DynamoDB no more often than need be. */
export interface KpiSource {
  /** Every day's, in order. */
  orders(): Promise<readonly Kpi[]>;
  /** Those of some days and perhaps of others. */
  categories(days: Days): Promise<readonly Kpi[]>;
}

const EVERYTHING = 'all';

export function kpiSource(deployment: Deployment): KpiSource {
  // What others put into the tables may have a day that is none.
  const ours = (items: Kpi[]) => items.filter(({ order_date = '' }) => isDay(order_date));
  const orders = kept(async () => ours(await readOrderKpis(deployment)));
  const categories = kept(async (key) => {
    const [from, to] = key.split('/');
    return ours(await readCategoryKpis(deployment, from && to ? { from, to } : {}));
  });
  return {
    orders: () => orders(EVERYTHING),
    // A few days come quickly from the index; longer stretches share one reading of the table.
    categories: (days) => categories(lengthOf(days) <= INDEXED_DAYS ? `${days.from}/${days.to}` : EVERYTHING),
  };
}
