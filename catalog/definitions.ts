import { CONTRACTS } from './contracts';
import { MART_INPUTS, MARTS } from './marts';

/** Every input and output of the pipeline. A build can take another module in place of this one (`--definitions`). */
export const definitions = { contracts: CONTRACTS, inputs: MART_INPUTS, marts: MARTS };
