import { availableParallelism } from 'node:os';
import { isMainThread, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import { isCurrency } from '../../domain/values';
import type { DuckDbOptions } from '../../engine/duckdb/session';
import { DAY_VARIABLES } from '../../runtime/config';
import { runTaskProcess } from '../../runtime/task-process';
import { secretText } from '../../storage/secret';
import { serveEventChecks } from './events/event-threads';
import { fileRules, run, type ValidateConfig } from './validate';

interface Config extends ValidateConfig {
  /** The secret with the key of pseudonyms; only if a contract pseudonymizes. */
  readonly PSEUDONYM_SECRET_ARN?: string | undefined;
}

/** Each has a share of the memory. */
const MAX_THREADS = 4;

/** Of a thread that checks events. */
interface ThreadData {
  readonly config: Config;
  readonly duckDb: DuckDbOptions;
}

function pseudonymKey({ PSEUDONYM_SECRET_ARN: secret }: Config): (() => Promise<string>) | undefined {
  return secret === undefined ? undefined : () => secretText(secret);
}

async function runThread({ config, duckDb }: ThreadData): Promise<void> {
  await serveEventChecks(fileRules(catalog, config, pseudonymKey(config)), duckDb);
}

function runMain(): Promise<never> {
  return runTaskProcess({
    task: 'validate',
    contracts: catalog.contractsHash,
    variables: {
      MAX_BAD_ROW_SHARE: z.coerce.number().min(0).max(1).default(0.2),
      ...DAY_VARIABLES,
      /** ISO 4217 code of the shop's currency. */
      CURRENCY: z.string().refine(isCurrency, 'expected an ISO 4217 code, such as EUR').optional(),
      PSEUDONYM_SECRET_ARN: z.string().startsWith('arn:', 'expected the ARN of a secret').optional(),
      MAX_UNPACKED_BYTES: z.coerce.number().int().positive().optional(),
      MAX_UNPACKED_RATIO: z.coerce.number().positive().optional(),
    },
    run: (input, deps) => {
      const { config, duckDbOptions } = deps;
      const key = pseudonymKey(config);
      return run(input, {
        ...deps,
        catalog,
        ...(key && { pseudonymKey: key }),
        threads: {
          max: Math.min(availableParallelism(), MAX_THREADS),
          program: __filename,
          data: (share, name): ThreadData => ({ config, duckDb: duckDbOptions(share, name) }),
        },
      });
    },
  });
}

void (isMainThread ? runMain() : runThread(workerData));
