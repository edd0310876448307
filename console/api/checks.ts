import type { FileCheck } from '../../operations/contracts/views';

export type { CheckedTable, FileCheck } from '../../operations/contracts/views';

/**
 * PUT /api/files/check?key&contract with the content of a file returns its FileCheck; with a contract, the file is read by that one
 * whatever its name and header. A larger file is not checked.
 */
export const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

/** True if the file or some of its rows would be rejected. */
export const isFaulty = ({ outcome, bad_rows }: FileCheck): boolean => outcome === 'rejected' || bad_rows > 0;
