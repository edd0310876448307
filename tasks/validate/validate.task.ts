import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import { isCurrency } from '../../domain/values';
import { DAY_VARIABLES } from '../../runtime/config';
import { runTaskProcess } from '../../runtime/task-process';
import { secretText } from '../../storage/secret';
import { run } from './validate';

void runTaskProcess({
  task: 'validate',
  contracts: catalog.contractsHash,
  variables: {
    MAX_BAD_ROW_SHARE: z.coerce.number().min(0).max(1).default(0.2),
    ...DAY_VARIABLES,
    /** ISO 4217 code of the shop's currency. */
    CURRENCY: z.string().refine(isCurrency, 'expected an ISO 4217 code, such as EUR').optional(),
    /** The secret with the key of pseudonyms; only if a contract pseudonymizes. */
    PSEUDONYM_SECRET_ARN: z.string().startsWith('arn:', 'expected the ARN of a secret').optional(),
    MAX_UNPACKED_BYTES: z.coerce.number().int().positive().optional(),
    MAX_UNPACKED_RATIO: z.coerce.number().positive().optional(),
  },
  run: (input, deps) => {
    const { PSEUDONYM_SECRET_ARN: secret } = deps.config;
    const pseudonymKey = secret === undefined ? {} : { pseudonymKey: () => secretText(secret) };
    return run(input, { ...deps, catalog, ...pseudonymKey });
  },
});
