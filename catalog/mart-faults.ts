import {
  BY_COLUMNS,
  byColumns,
  dayColumn,
  type Mart,
  type MartColumn,
  type MartInput,
  SESSION_START,
} from '../domain/mart';
import type { Place } from './file-faults';
import { hasBy, inOrder, inputsOf, likeType, type MartGraph } from './mart-graph';

/** A contradiction between a mart and what it reads, or within it. */
export interface MartFault {
  readonly mart: string;
  /** The property concerned, as in mart.yaml. */
  readonly path: Place;
  readonly message: string;
}

type Fault = Omit<MartFault, 'mart'>;

const fault = (path: Place, message: string): Fault => ({ path, message });

/** Every contradiction between marts and what they read. */
export function martFaults(graph: MartGraph): MartFault[] {
  const { marts } = graph;
  const ordered = new Set(inOrder(marts));
  const ofMart = (mart: Mart): Fault[] => [
    ...(ordered.has(mart)
      ? []
      : [fault(['inputs'], `it reads a mart that reads ${mart.name}, or another one of such a circle`)]),
    ...tableFaults(mart, marts),
    ...columnFaults(mart, graph),
    ...readFaults(mart, graph),
    ...refreshFaults(mart, graph),
  ];
  return marts.flatMap((mart) => ofMart(mart).map((found) => ({ mart: mart.name, ...found })));
}

/** A table of two marts is a fault of the second one. */
function tableFaults(mart: Mart, marts: readonly Mart[]): Fault[] {
  const { dynamoDb } = mart;
  if (!dynamoDb) return [];
  const place = (...path: Place) => ['serve', 'dynamodb', ...path];
  const { table, id, indexes } = dynamoDb;
  const others = marts.slice(0, marts.indexOf(mart)).flatMap((other) => other.dynamoDb ?? []);
  return [
    ...(others.some((other) => other.table === table)
      ? [fault(place('table'), `${table} is the table of two marts: give it another name`)]
      : []),
    ...(others.some((other) => other.id === id)
      ? [fault(place('id'), `${id} is the id of the tables of two marts: give it another one`)]
      : []),
    ...indexes
      .filter(({ key }) => key.length > 2)
      .map(({ name }) => fault(place('indexes', name), 'the key of an index must have one or two columns')),
    ...indexes.flatMap(({ name, key }) =>
      key
        .filter((column) => mart.columns.every((one) => one.name !== column))
        .map((column) => fault(place('indexes', name), `${column} is not a column: name one that is stored`)),
    ),
  ];
}

function columnFaults({ columns, key, view }: Mart, { contracts }: MartGraph): Fault[] {
  const find = (name: string) => columns.find((column) => column.name === name);
  const placed = [
    ...columns.map((column) => ({ column, path: ['columns', column.name] })),
    ...(view?.columns ?? []).map((column) => ({ column, path: ['view', 'columns', column.name] })),
  ];
  return [
    ...(key.length > 0 ? [] : [fault(['key'], 'the key must have a column')]),
    ...key
      .filter((name) => !find(name))
      .map((name) => fault(['key'], `${name} is not a column: add it to columns, or name one that is there`)),
    ...key
      .filter((name) => find(name)?.nullable || find(name)?.rate)
      .map((name) => fault(['columns', name], 'a key column is never null and no rate: remove that from it')),
    ...placed
      .filter(({ column }, at) => placed.findIndex((other) => other.column.name === column.name) !== at)
      .map(({ column, path }) => fault(path, `the column ${column.name} is defined twice: rename one`)),
    ...placed
      .filter(({ column }) => column.like !== undefined && !likeType(column, contracts))
      .map(({ column: { name, like }, path }) =>
        fault(
          [...path, 'like'],
          `${name} is like ${like}, which is not a column of a contract, or of a type that no key has`,
        ),
      ),
    ...placed.flatMap(({ column, path }) => rateFaults(column, path, columns)),
  ];
}

function rateFaults({ rate, type }: MartColumn, path: Place, columns: readonly MartColumn[]): Fault[] {
  if (!rate) return [];
  const parts = [
    ['dividend', rate.dividend],
    ['divisor', rate.divisor],
  ] as const;
  return [
    ...(type === 'percent' || type === 'money'
      ? []
      : [fault([...path, 'type'], `a rate must be a percent or money, and is ${type}`)]),
    ...parts
      .filter(([, name]) => columns.every((column) => column.name !== name || column.rate))
      .map(([part, name]) =>
        fault([...path, 'rate', part], `${name} is not a column: name a stored one that is no rate`),
      ),
  ];
}

function readFaults({ inputs, view }: Mart, graph: MartGraph): Fault[] {
  const tables = [...graph.contracts.map(({ kind }) => kind), ...graph.marts.map(({ name }) => name)];
  const views = graph.inputs.map((input) => input.view);
  return [
    ...inputs.flatMap(({ name }, at) =>
      [...tables, ...views].includes(name)
        ? []
        : [
            fault(
              ['inputs', at],
              `it reads ${name}, which is not a kind, a mart or a view: expected one of ${[...tables, ...views].join(', ')}`,
            ),
          ],
    ),
    ...inputs.flatMap(({ name, day }, at) => {
      if (day === undefined || !tables.includes(name)) return [];
      const of =
        graph.contracts.find(({ kind }) => kind === name) ?? graph.marts.find((mart) => mart.name === name);
      const type = of?.columns.find((column) => column.name === day)?.type;
      if (type === 'timestamp' || type === 'date') return [];
      return [
        fault(
          ['inputs', at, 'day'],
          `${day} is not a timestamp or date of ${name}: name one that puts its rows in a day`,
        ),
      ];
    }),
    ...(view?.reads ?? []).flatMap((name, at) =>
      tables.includes(name)
        ? []
        : [
            fault(
              ['view', 'reads', at],
              `its view reads ${name}, which is not a kind or a mart: expected one of ${tables.join(', ')}`,
            ),
          ],
    ),
  ];
}

function refreshFaults(mart: Mart, graph: MartGraph): Fault[] {
  const { columns, key, refresh, touched } = mart;
  const { by, aggregate, exists } = refresh;
  const inputs = inputsOf(mart, graph);
  const isCount = columns.some(({ name, type }) => name === exists && type === 'count');
  const at = (part: 'by' | 'aggregate' | 'exists', message: string) => fault(['refresh', part], message);
  return [
    ...(aggregate && by === 'all' ? [at('by', 'an additive mart must say what it is refreshed by')] : []),
    ...(aggregate && !isCount
      ? [at('exists', 'an additive mart must name in "exists" the count that its rows exist by')]
      : []),
    ...(!aggregate && exists !== undefined ? [at('exists', '"exists" is only for an additive mart')] : []),
    ...(!aggregate && (by === 'order' || by === 'row')
      ? [at('by', `a mart that is refreshed by ${by} must be additive: add "aggregate: additive"`)]
      : []),
    ...(!aggregate && by === 'day' && dayColumn(mart) === undefined
      ? [fault(['key'], 'a mart that is refreshed by day must have a date in its key')]
      : []),
    ...(!aggregate &&
    (by === 'user' || by === 'product' || by === 'transaction') &&
    !byColumns(mart).every((name) => key.includes(name))
      ? [fault(['key'], `a mart that is refreshed by ${by} must have ${byColumns(mart).join()} in its key`)]
      : []),
    ...(by === 'session' ? sessionFaults(mart, inputs) : []),
    ...(by === 'row' && inputs.some(({ view, kind }) => view !== kind)
      ? [fault(['inputs'], 'a mart that is refreshed by row must read kinds or marts')]
      : []),
    ...(touched === undefined && by !== 'all' && by !== 'row'
      ? inputs
          .filter((input) => !hasBy(input, mart, inputs))
          .map(({ view }) => at('by', `how a change of ${view} affects it is unknown: add touched.sql`))
      : []),
  ];
}

/** A session has no key of its own in its events: the mart must say which visitor's it is, and when it starts. */
function sessionFaults({ columns, refresh, touched }: Mart, inputs: readonly MartInput[]): Fault[] {
  const missing = [...BY_COLUMNS.session, SESSION_START].filter((wanted) =>
    columns.every(({ name, type }) => name !== wanted || (name === SESSION_START && type !== 'timestamp')),
  );
  return [
    ...(refresh.aggregate
      ? [fault(['refresh', 'aggregate'], 'a mart that is refreshed by session cannot be additive: remove it')]
      : []),
    ...(missing.length > 0
      ? [
          fault(
            ['columns'],
            `a mart that is refreshed by session must have ${missing.join(' and ')}: add ${missing.length > 1 ? 'them' : 'it'}`,
          ),
        ]
      : []),
    ...inputs
      .filter(({ relation }) => relation.of === 'own' && (relation.day === undefined || relation.isDate))
      .map(({ view }) =>
        fault(
          ['inputs'],
          `when a row of ${view} is, and so whether it is of a session, is unknown: write { name: ${view}, day: ... } with a timestamp`,
        ),
      ),
    ...(touched === undefined
      ? [
          fault(
            ['refresh', 'by'],
            'which sessions a change affects is unknown: add touched.sql, which gives visitor_id, session_id, low and high',
          ),
        ]
      : []),
  ];
}
