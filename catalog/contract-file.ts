import {
  type ChangesDocument,
  type ContractDocument,
  changesSchema,
  contractSchema,
  type SourceDocument,
  sourceSchema,
} from './contract-schema';
import type { FileFault } from './file-faults';
import { checkForm, type Examples, type LineOf, parseYaml } from './yaml-file';

/** A contract file in its right form; what it says may still contradict other files. */
export type ContractFile = (
  | { readonly form: 'kind'; readonly document: ContractDocument }
  | { readonly form: 'changes'; readonly document: ChangesDocument }
  | { readonly form: 'source'; readonly document: SourceDocument }
) & { readonly lineOf: LineOf };

const SCHEMAS = { kind: contractSchema, changes: changesSchema, source: sourceSchema };

/** Parses the YAML text of a contract, and checks its form. @returns every fault, in the order of the file */
export function parseContractFile(text: string): ContractFile | { readonly faults: readonly FileFault[] } {
  const yaml = parseYaml(text);
  if ('faults' in yaml) return yaml;
  const form = formOf(yaml.value);
  if (form === undefined) {
    const message =
      'expected "kind: <name>" for a kind of rows, "extends: <kind>" for changes to one, or "source: <name>" for files that SQL maps';
    return { faults: [{ line: yaml.lineOf([]), message }] };
  }
  const checked = checkForm<unknown>(yaml, SCHEMAS[form], EXAMPLES);
  return 'faults' in checked
    ? checked
    : ({ form, document: checked.document, lineOf: yaml.lineOf } as ContractFile);
}

function formOf(value: unknown): ContractFile['form'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('source' in value) return 'source';
  if ('extends' in value) return 'changes';
  return 'kind' in value ? 'kind' : undefined;
}

const EXAMPLES: Examples = {
  key: 'key: [order_id]',
  partition: 'partition: { by: month, of: created_at }',
  columns: 'columns: { order_id: { type: int64, required: true } }',
  type: 'type: text',
  maps: 'maps: { orders: orders.sql }',
};
