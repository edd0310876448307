import { INCLUDED } from './included-contracts';
import { MART_INPUTS, MARTS } from './marts';

/** All inputs and outputs of the pipeline. A build can replace this module (`--definitions`). */
export const definitions = { ...INCLUDED, inputs: MART_INPUTS, marts: MARTS };
