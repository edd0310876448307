import { contractsInUse } from './contracts-in-use';
import { MART_INPUTS } from './inputs';
import { martsInUse } from './marts-in-use';

/** All inputs and outputs of the pipeline. A build can replace this module (`--definitions`). */
export const definitions = {
  ...contractsInUse().contracts,
  inputs: MART_INPUTS,
  marts: martsInUse().marts.marts,
};
