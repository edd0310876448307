import type { Contract } from '../domain/contract';
import type { MartInput } from '../domain/mart';

/**
 * The contract with the column of pieces that the marts read, which files may lack: a row is then one piece. It stays as it is if
 * it declares another column, which the catalog refuses.
 */
export function withPieces(contract: Contract, inputs: readonly MartInput[]): Contract {
  const pieces = inputs.find(({ kind }) => kind === contract.kind)?.pieces;
  const { columns, quantity } = contract;
  if (!pieces || (quantity && quantity.column !== pieces.column)) return contract;
  const hasColumn = columns.some(({ name }) => name === pieces.column);
  const added = { name: pieces.column, type: 'int64', required: false } as const;
  return {
    ...contract,
    columns: hasColumn ? columns : [...columns, added],
    quantity: quantity ?? pieces,
  };
}
