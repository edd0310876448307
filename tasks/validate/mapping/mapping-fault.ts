import { types } from 'node:util';
import { pseudonymizes } from '../../../domain/contract';
import type { FileFault } from '../../../domain/file-rules';
import type { HeaderMatch } from '../../../domain/header-match';
import { TimeLimitError } from '../../../engine/duckdb/locked';
import { SelectError } from '../../../engine/duckdb/select';
import { MappingError } from './mapped-rows';

/** The SQL of a source cannot map a file. */
export class MappingFault extends Error {
  override readonly name = 'MappingFault';
  constructor(readonly fault: FileFault) {
    super(fault.reason);
  }
}

/** Errors that the SQL or the values cause; others, such as a full disk, can pass. */
const SQL_ERROR =
  /^(?:Failed to extract statements: )?(?:Parser|Binder|Catalog|Permission|Conversion|Invalid Input|Out of Range|Out of Memory|Constraint|Invalid Type|Mismatch Type|Not implemented|Divide by Zero|Decimal|Sequence) Error: /i;

/**
 * Does work with the SQL of one kind.
 * @throws MappingFault for what the SQL or the values cause
 */
export async function withMappingFault<Result>(
  { contract }: Pick<HeaderMatch, 'contract'>,
  kind: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { kind: name } = contract;
  try {
    return await work();
  } catch (error) {
    const reason = mappingReason(error, pseudonymizes(contract));
    if (reason === undefined) throw error;
    throw new MappingFault({
      reason: `the SQL that maps ${name} to ${kind} cannot be used for this file: ${reason}`,
      remedy: `change the file of ${kind} under "maps" in the contract of ${name}; a type declared for a column there reports its bad rows by line`,
      kind: name,
    });
  }
}

/** Errors in the text of the SQL, whose messages quote no value. */
const TEXT_ERROR = /^(?:Failed to extract statements: )?(?:Parser|Binder|Catalog|Permission) Error: /i;

/**
 * What is wrong with the SQL or the values; undefined for another error.
 * @param hidesValues leaves out the message of an error that a value causes
 */
export function mappingReason(error: unknown, hidesValues = false): string | undefined {
  if (error instanceof SelectError || error instanceof MappingError || error instanceof TimeLimitError) {
    return error.message;
  }
  if (!types.isNativeError(error) || !SQL_ERROR.test(error.message)) return undefined;
  if (hidesValues && !TEXT_ERROR.test(error.message)) {
    const [type = ''] = /[A-Z][A-Za-z ]* Error/.exec(error.message) ?? [];
    return `${type}, whose message can quote a value that is pseudonymized`;
  }
  const [message = ''] = error.message.replace(SQL_ERROR, '').split(/\n\s*LINE \d+:/);
  return message.trim().replace(/\s*\n\s*/g, ' ');
}
