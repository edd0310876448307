import type { Column, Contract } from '../domain/contract';
import { keyAttributes, type Mart, type MartColumn } from '../domain/mart';
import type { Catalog } from './catalog';
import { codes, table } from './markdown';

/** Parts of docs/data-catalogue.md, by the name of their marks. */
export type CataloguePart = 'contracts' | 'marts';

/** The parts of the page that the definitions give, as Markdown. */
export const dataCatalogue = (catalog: Catalog): Readonly<Record<CataloguePart, string>> => ({
  contracts: catalog.contracts.map(ofContract).join('\n\n'),
  marts: catalog.marts.map((mart) => ofMart(mart, catalog)).join('\n\n'),
});

function ofContract(contract: Contract): string {
  const { kind, key, description, version, history } = contract;
  const rows = contract.columns.map(({ name, type, required, description = '' }: Column) => [
    `\`${name}\``,
    type,
    required ? 'yes' : '',
    description,
  ]);
  const facts = [
    ...(description ? [description] : []),
    ...(version === undefined ? [] : [`\`${version}\` orders the versions of a row.`]),
    ...(history ? [`\`staging/${kind}_history\` has every version.`] : []),
  ];
  return [
    `### ${kind} (key ${codes(key)})`,
    ...(facts.length > 0 ? [facts.join(' ')] : []),
    table(['Column', 'Type', 'Required', 'Meaning'], rows),
  ].join('\n\n');
}

function ofMart(mart: Mart, catalog: Catalog): string {
  const { name, grain, key, columns, view, dynamoDb, load } = mart;
  const rows = [
    ...columns.map((column) => rowOf(column, '')),
    ...(view?.columns ?? []).map((column) => rowOf(column, 'view')),
  ];
  const [partition, sort] = keyAttributes(key);
  const indexes = dynamoDb?.indexes.map((index) => `; index \`${index.name}\`: ${codes(index.key)}`) ?? [];
  const served = dynamoDb
    ? `, and the DynamoDB table \`${dynamoDb.table}\` (partition key \`${partition}\`${sort === undefined ? '' : `, sort key \`${sort}\``}${indexes.join('')})`
    : '';
  const copied = load ? `, in a warehouse the table \`marts.${name}\`` : '';
  return [
    `### ${name} (key ${codes(key)})`,
    `${sentence(grain ?? mart.description)} In \`${catalog.martTable(name).location}\`${copied}${served}.`,
    table(['Column', 'Type', 'Unit', 'Where', 'Rule'], rows),
  ].join('\n\n');
}

const rowOf = (
  { name, type, unit = '', description = '', nullable }: MartColumn,
  where: string,
): string[] => [`\`${name}\``, nullable ? `${type} or null` : type, unit, where, description];

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
