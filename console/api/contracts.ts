import type { Contract, Source } from '../../domain/contract';
import type { ListedContract } from '../../operations/contracts/views';

export type { ContractDraft, ListedContract } from '../../operations/contracts/views';

/** GET /api/contracts: the contracts of the kinds, then the sources. */
export interface ContractList {
  /** Identifies all of them; the ledger has it for every file. */
  readonly hash: string;
  readonly contracts: readonly ListedContract[];
}

/** GET /api/contracts/definitions/{name}: a contract or a source. Its files: .../files?after, as GET /api/files gives them. */
export interface ContractDetail {
  readonly listed: ListedContract;
  readonly definition: Contract | Source;
  /** The sources that give rows to this kind. */
  readonly sources: readonly string[];
  /** As a contract file. */
  readonly yaml: string;
}

/** PUT /api/contracts/draft?name with the content of a file, and GET /api/contracts/draft?key&upload return a ContractDraft. */
