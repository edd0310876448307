import { type Catalog, createCatalog, type Definitions } from '../../catalog/catalog';
import { definitions } from '../../catalog/definitions';
import { eventMarts } from '../../catalog/deployment-marts';

/** The marts of the KPI pages, and those that they read. */
export const KPI_MARTS = ['order_days', 'customer_days', 'order_kpis', 'category_kpis'];

/** Definitions without the other marts, whose refresh takes tests of anything else most of their time. */
export const withKpiMarts = (from: Definitions): Definitions => ({
  ...from,
  marts: KPI_MARTS.flatMap((name) => from.marts.find((mart) => mart.name === name) ?? []),
});

export const kpiDefinitions: Definitions = withKpiMarts(definitions);

export const kpiCatalog: Catalog = createCatalog(kpiDefinitions);

/** The marts over events. */
export const EVENT_MARTS = eventMarts(definitions.contracts);

export const eventCatalog: Catalog = createCatalog({
  ...definitions,
  marts: definitions.marts.filter(({ name }) => EVENT_MARTS.includes(name)),
});
