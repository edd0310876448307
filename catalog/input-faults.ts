import type { Contract } from '../domain/contract';
import { type InputRelation, keyColumns, type MartInput } from '../domain/mart';

/** Contradictions between the view of a kind and its contract, or the views that it reads. */
export function inputFaults(
  { kind, view, columns, relation, reads = [], pieces }: MartInput,
  contracts: readonly Contract[],
  inputs: readonly MartInput[],
): string[] {
  const typeOf = (of: string, name: string): string | undefined =>
    contracts.find((contract) => contract.kind === of)?.columns.find((column) => column.name === name)?.type;
  const keyOf = (of: string) => contracts.find((contract) => contract.kind === of)?.key ?? [];
  const relationOf = (other: string) => inputs.find((input) => input.kind === other)?.relation;
  const missing = columns.filter((column) => typeOf(kind, column) === undefined);
  const isRelated =
    (relation.of === 'own' && (relation.day === undefined || columns.includes(relation.day))) ||
    (relation.of === 'parent' &&
      keyColumns(relation.column).every((column) => columns.includes(column)) &&
      keyColumns(relation.column).length === keyOf(relation.kind).length &&
      relationOf(relation.kind)?.of === 'own') ||
    (relation.of === 'children' &&
      keyColumns(relation.column).every((column) => typeOf(relation.kind, column) !== undefined) &&
      keyColumns(relation.column).length === keyOf(kind).length &&
      keyColumns(relation.key).length === keyOf(kind).length &&
      relationOf(relation.kind)?.of === 'parent');
  return [
    ...missing.map((column) => `${view}: ${kind} has no column ${column}`),
    ...contracts
      .filter((contract) => contract.kind === kind && !isSamePieces(contract.quantity, pieces))
      .map(
        () =>
          `${view}: the quantity of ${kind} must be in the column ${pieces?.column}, and of ${pieces?.of}, which it sums`,
      ),
    ...reads
      .filter((name) => inputs.every((input) => input.view !== name))
      .map((name) => `${view}: it reads ${name}, which is not a view`),
    ...(isRelated
      ? []
      : [`${view}: what its rows belong to cannot be found from ${JSON.stringify(relation)}`]),
    ...(relation.of === 'own' &&
    relation.day !== undefined &&
    ![undefined, 'timestamp'].includes(typeOf(kind, relation.day))
      ? [`${view}: ${kind}.${relation.day} must be a timestamp, which has a day in every reporting time zone`]
      : []),
    ...(relation.of === 'own' ? [] : referencesOf(kind, relation, keyOf)).flatMap(([reference, key]) => {
      const [type, keyType] = [typeOf(...reference), typeOf(...key)];
      return type === keyType || type === undefined || keyType === undefined
        ? []
        : [
            `${reference.join('.')} has the type ${type}, but ${key.join('.')}, which it refers to, ${keyType}`,
          ];
    }),
  ];
}

type ColumnOfKind = readonly [kind: string, column: string];

/** Each column that refers to a key column, with that one. */
function referencesOf(
  kind: string,
  relation: Exclude<InputRelation, { of: 'own' }>,
  keyOf: (kind: string) => readonly string[],
): (readonly [reference: ColumnOfKind, key: ColumnOfKind])[] {
  const [child, parent] = relation.of === 'parent' ? [kind, relation.kind] : [relation.kind, kind];
  return keyColumns(relation.column).map((column, at) => [
    [child, column],
    [parent, keyOf(parent)[at] ?? ''],
  ]);
}

/** True if the marts do not read pieces, or those that the contract declares. */
const isSamePieces = (quantity: Contract['quantity'], pieces: MartInput['pieces']): boolean =>
  !pieces || (quantity?.column === pieces.column && quantity.of === pieces.of);
