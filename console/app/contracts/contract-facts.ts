import type { Contract, RowCondition, Source } from '../../../domain/contract';
import type { ContractDetail } from '../../api/contracts';

export interface ContractFact {
  readonly name: string;
  readonly value: string;
  /** A part of the contract file. */
  readonly isCode?: true;
}

/** What a contract or a source declares besides its columns, in the order of docs/contracts.md; only what it has. */
export function factsOf({
  listed,
  definition,
}: Pick<ContractDetail, 'listed' | 'definition'>): ContractFact[] {
  const own = 'maps' in definition ? sourceFacts(definition) : kindFacts(definition);
  const { read, notation } = definition;
  return [
    { name: 'File names', ...namesOf(listed) },
    { name: 'Formats', value: 'CSV, NDJSON and Parquet; text also as .gz, .zst or .zip' },
    ...own,
    ...code('Read', read),
    ...code('Notation of all columns', notation),
    ...(listed.file === null ? [] : [{ name: 'From', value: listed.file, isCode: true as const }]),
    { name: 'Hash', value: listed.hash, isCode: true },
  ];
}

function namesOf({ match, is_events, maps, name }: ContractDetail['listed']): Omit<ContractFact, 'name'> {
  if (match.length > 0) return { value: match.join(', '), isCode: true };
  if (is_events) return { value: 'below input/events/, or names that start with events' };
  return maps.length > 0
    ? { value: 'any; the header decides' }
    : { value: `names that start with ${name}; otherwise the header decides` };
}

function kindFacts(contract: Contract): ContractFact[] {
  const { key, partition, version, revision, history, deleted, leaveOut = [], extra, quantity } = contract;
  return [
    { name: 'Key', value: key.join(', '), isCode: true },
    { name: 'Partition', value: partitionText(partition) },
    {
      name: 'Newest version of a row',
      value: version === undefined ? 'of the last upload' : `by ${version}, then of the last upload`,
    },
    ...(revision === undefined ? [] : [{ name: 'Revision', value: revision, isCode: true as const }]),
    ...(history ? [{ name: 'History', value: `all versions, in staging/${contract.kind}_history` }] : []),
    ...(deleted ? [{ name: 'Rows that delete their key', value: conditionText(deleted) }] : []),
    ...leaveOut.map((condition) => ({ name: 'Rows left out', value: conditionText(condition) })),
    ...(extra === 'keep' ? [{ name: 'Unknown columns', value: 'kept as JSON in _extra' }] : []),
    ...(quantity ? [{ name: 'Pieces', value: quantityText(quantity) }] : []),
  ];
}

function sourceFacts({ fillDown, group }: Source): ContractFact[] {
  const together = group ?? fillDown?.by;
  return [
    ...(fillDown
      ? [
          {
            name: 'Filled down',
            value: `${fillDown.columns.join(', ')}, for rows with the same ${fillDown.by}`,
          },
        ]
      : []),
    ...(together === undefined ? [] : [{ name: 'Loaded together', value: `rows with the same ${together}` }]),
  ];
}

function partitionText({ by, of, uncertain }: Contract['partition']): string {
  if (by === 'value') return `by value of ${of}`;
  return `by ${by} of ${of}, in UTC${uncertain === undefined ? '' : `; uncertain where ${uncertain} is true`}`;
}

const conditionText = ({ column, values }: RowCondition): string => `${column} is ${values.join(' or ')}`;

function quantityText({ column, of, price }: NonNullable<Contract['quantity']>): string {
  if (price === undefined)
    return `${column}; a file with a number above 1 is refused, as ${of} can mean two things`;
  return `${column}; ${of} is of ${price === 'unit' ? 'one piece' : 'the whole line'}`;
}

/** Properties as in a contract file; nothing if there are none. */
const code = (name: string, properties: object | undefined): ContractFact[] =>
  properties === undefined || Object.keys(properties).length === 0
    ? []
    : [{ name, value: flowText(properties), isCode: true }];

/** One line of YAML: `dateOrder: dmy, abbreviations: { CET: "+01:00" }`. */
export const flowText = (properties: object): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}: ${flowValue(value)}`)
    .join(', ');

function flowValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return `{ ${flowText(value)} }`;
  return typeof value === 'string' && !/^[\w/-]+$/.test(value) ? JSON.stringify(value) : String(value);
}
