import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import { isCurrency } from '../../domain/values';
import { DAY_VARIABLES } from '../../runtime/config';
import { runTaskProcess } from '../../runtime/task-process';
import { run } from './validate';

void runTaskProcess({
  task: 'validate',
  contracts: catalog.contractsHash,
  variables: {
    MAX_BAD_ROW_SHARE: z.coerce.number().min(0).max(1).default(0.2),
    ...DAY_VARIABLES,
    /** ISO 4217 code of the shop's currency. */
    CURRENCY: z.string().refine(isCurrency, 'expected an ISO 4217 code, such as EUR').optional(),
    MAX_UNPACKED_BYTES: z.coerce.number().int().positive().optional(),
    MAX_UNPACKED_RATIO: z.coerce.number().positive().optional(),
  },
  run: (input, deps) => run(input, { ...deps, catalog }),
});
