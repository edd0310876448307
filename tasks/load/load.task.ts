import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import { isCurrency } from '../../domain/values';
import { DAY_VARIABLES } from '../../runtime/config';
import { runTaskProcess } from '../../runtime/task-process';
import { connectWarehouse } from '../../serving/warehouse/connection';
import { dialectFor } from '../../serving/warehouse/dialects';
import { warehouseAddress } from '../../serving/warehouse/warehouse-secret';
import { secretText } from '../../storage/secret';
import { run } from './load';

const variables = {
  /** The secret with the address of the warehouse. */
  WAREHOUSE_SECRET_ARN: z.string().min(1),
  /** `host:port/database`, if the secret has only the account. */
  WAREHOUSE_SERVER: z.string().min(1).optional(),
  /** The role by which Redshift reads rows from the bucket, if the warehouse is Redshift. */
  WAREHOUSE_COPY_ROLE_ARN: z.string().min(1).optional(),
  /** ISO 4217 code of the shop's currency. */
  CURRENCY: z.string().refine(isCurrency, 'expected an ISO 4217 code, such as EUR').optional(),
  /** How long to wait for another load to end. */
  LOAD_WAIT_SECONDS: z.coerce.number().int().positive().default(120),
  ...DAY_VARIABLES,
};

void runTaskProcess({
  task: 'load',
  contracts: catalog.contractsHash,
  variables,
  run: (input, deps) =>
    run(input, {
      ...deps,
      catalog,
      connectWarehouse: async () => {
        const { WAREHOUSE_SECRET_ARN: secret, WAREHOUSE_SERVER: server } = deps.config;
        const dialect = dialectFor(deps.config.WAREHOUSE_COPY_ROLE_ARN);
        return connectWarehouse(warehouseAddress(await secretText(secret), secret, server), dialect);
      },
    }),
});
