import type { Contract, ReadOptions } from '../../domain/contract';
import { kindFromName } from '../../domain/file-names';
import type { FileFault } from '../../domain/file-rules';
import { decodedHead } from './encoding';
import { type FoundHeader, type HeaderRules, searchHeader } from './find-header';
import type { Head } from './read-head';

/** The first bytes of a file as they are, at least as many as asked for if it has them. */
export type ReadHead = (bytes: number) => Promise<Head>;

export type Plan = (FoundHeader | { readonly fault: FileFault }) & { readonly read: ReadOptions };

/**
 * Finds out how a file is read, and its header. The read options are those of the contract that the file's name identifies. For
 * other names, the options of all contracts are tried, and those count with which the header is that of a contract that declares
 * them.
 */
export async function planReading(
  key: string,
  contracts: readonly Contract[],
  readHead: ReadHead,
): Promise<Plan> {
  const kind = kindFromName(key, contracts);
  const named = contracts.find((contract) => contract.kind === kind);
  if (named) return tryReading({ key, contracts, read: named.read ?? {} }, readHead);
  const plans: Plan[] = [];
  for (const read of distinctOptions(contracts))
    plans.push(await tryReading({ key, contracts, read }, readHead));
  const [plan, ...others] = plans.filter(isOwn);
  if (plan && others.length === 0) return plan;
  if (plan) return { fault: severalPlans([plan, ...others]), read: {} };
  const [byDefault] = plans;
  if (!byDefault || 'fault' in byDefault) return byDefault ?? { fault: NO_CONTRACTS, read: {} };
  // The contract declares other options, with which the file does not have this header.
  const { contract } = byDefault.match;
  const declared = plans.find((tried) => optionsKey(tried.read) === optionsKey(contract.read ?? {}));
  return declared && 'fault' in declared ? declared : { fault: otherOptions(contract.kind), read: {} };
}

async function tryReading(rules: HeaderRules, readHead: ReadHead): Promise<Plan> {
  const found = await searchHeader(async (bytes) => {
    const head = await readHead(bytes);
    return { ...head, bytes: decodedHead(head.bytes, head.isWhole, rules.read) };
  }, rules);
  return { ...found, read: rules.read };
}

/** The read options that contracts declare, each once; first those of contracts that declare none. */
function distinctOptions(contracts: readonly Contract[]): ReadOptions[] {
  const options = new Map<string, ReadOptions>([[optionsKey({}), {}]]);
  for (const { read = {} } of contracts) options.set(optionsKey(read), read);
  return [...options.values()];
}

const optionsKey = (read: ReadOptions): string =>
  JSON.stringify(Object.entries(read).sort(([one], [other]) => (one < other ? -1 : 1)));

/** True if the header is that of a contract whose files are read in this way. */
const isOwn = (plan: Plan): plan is FoundHeader & { readonly read: ReadOptions } =>
  'match' in plan && optionsKey(plan.match.contract.read ?? {}) === optionsKey(plan.read);

function severalPlans(plans: readonly FoundHeader[]): FileFault {
  const kinds = plans.map(({ match }) => match.contract.kind);
  return {
    reason: `the file can be read as ${kinds.join(' and as ')}, whose contracts declare different read options`,
    remedy: `start its name with one of ${kinds.join(', ')}, and upload it again`,
    line: 1,
  };
}

function otherOptions(kind: string): FileFault {
  return {
    reason: `the file has the columns of ${kind}, but not if it is read as the contract of ${kind} declares`,
    remedy: `change "read" in the contract of ${kind}, or send the file as it says`,
    line: 1,
    kind,
  };
}

const NO_CONTRACTS: FileFault = {
  reason: 'no contract is declared',
  remedy: 'add a contract for the file',
};
