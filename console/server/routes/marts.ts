import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import type { Mart } from '../../../domain/mart';
import type { LakeReader, OpenLake } from '../../../operations/lake/reader';
import { findMart } from '../../../operations/marts/choice';
import { dayRange, daySums, type Measure, measuresOf } from '../../../operations/marts/day-sums';
import { viewMart } from '../../../operations/marts/list';
import { martSource } from '../../../operations/marts/row-source';
import type { RowTables } from '../../../operations/marts/row-tables';
import type { MartChart, MartDetail, MartList, MartSummary, MeasureView } from '../../api/marts';
import type { RowsPreparing } from '../../api/rows';
import { commitTimes } from '../commit-times';
import { GRANULARITIES } from '../range/calendar';
import { chartBuckets, chartRange } from '../rows/chart-buckets';
import { answerCsv, answerRows, rowColumns, WAIT_MS } from '../rows/row-answers';
import { rowChoice } from '../rows/row-query';

const chartSchema = z.object({ measure: z.string().optional(), by: z.enum(GRANULARITIES).optional() });

/** GET /, {mart}, {mart}/rows, {mart}/rows.csv, {mart}/chart: see api/marts.ts and api/rows.ts. */
export function martRoutes(reader: LakeReader, tables: RowTables): Hono {
  const refreshedAt = commitTimes();
  const summaryOf = async ({ lake, snapshots }: OpenLake, mart: Mart): Promise<MartSummary> => {
    const snapshot = await snapshots.newest(catalog.martTable(mart.name).location);
    const { table: dynamodb, view_columns: _, ...view } = viewMart(mart, snapshot);
    return {
      ...view,
      refreshed_at: snapshot ? await refreshedAt(lake, snapshot) : null,
      dynamodb,
      is_loaded: mart.load === true,
    };
  };
  const martOf = (context: Context): Mart => findMart(catalog.marts, context.req.param('mart') ?? '');

  return new Hono()
    .get('/', (context) =>
      reader.use(async (open) =>
        context.json<MartList>({
          marts: await Promise.all(catalog.marts.map((mart) => summaryOf(open, mart))),
        }),
      ),
    )
    .get('/:mart', (context) => {
      const mart = martOf(context);
      return reader.use(async (open) =>
        context.json<MartDetail>({
          ...(await summaryOf(open, mart)),
          columns: columnsOf(mart),
          day: martSource(catalog, mart).day ?? null,
          measures: measuresOf(mart).map(measureView),
          inputs: mart.inputs.map(({ name }) => name),
        }),
      );
    })
    .get('/:mart/rows', (context) => {
      const mart = martOf(context);
      const source = martSource(catalog, mart);
      return answerRows(context, tables, source, columnsOf(mart), rowChoice(source, context));
    })
    .get('/:mart/rows.csv', (context) => {
      const source = martSource(catalog, martOf(context));
      return answerCsv(context, tables, source, rowChoice(source, context));
    })
    .get('/:mart/chart', async (context) => {
      const mart = martOf(context);
      const source = martSource(catalog, mart);
      const { measure: name, by } = chartSchema.parse(context.req.query());
      const measures = measuresOf(mart);
      const measure = measures.find(({ column }) => column.name === name) ?? initialMeasure(measures);
      if (!measure || source.day === undefined) {
        return context.json({ error: `${mart.name} has nothing that adds up over days` }, 404);
      }
      const choice = rowChoice(source, context);
      const unit = mart.columns.find((column) => column.name === source.day)?.unit;
      const answer = await tables.read(
        source,
        async (rows): Promise<MartChart> => {
          const days = await dayRange(rows, source, choice);
          const range = days && chartRange(days, unit, by);
          const sums = range && (await daySums(rows, source, choice, measure, range.granularity));
          return {
            preparing: null,
            measure: measureView(measure),
            range: range ?? null,
            buckets: range && sums ? chartBuckets(range, sums, measure.rate ? null : '0') : [],
          };
        },
        { waitMs: WAIT_MS, signal: context.req.raw.signal },
      );
      return 'progress' in answer
        ? context.json<RowsPreparing>({ preparing: answer.progress }, 202)
        : context.json<MartChart>(answer.result);
    });
}

const columnsOf = (mart: Mart) =>
  rowColumns(martSource(catalog, mart), mart.view?.columns.map(({ name }) => name) ?? []);

/** Money says most; otherwise the first one. */
const initialMeasure = (measures: readonly Measure[]): Measure | undefined =>
  measures.find(({ column, rate }) => column.type === 'money' && !rate) ?? measures[0];

const measureView = ({ column, rate }: Measure): MeasureView => ({
  column: column.name,
  type: column.type,
  unit: column.unit ?? null,
  rate: rate ?? null,
});
