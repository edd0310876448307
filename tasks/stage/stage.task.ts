import { catalog } from '../../catalog/catalog';
import { LAKE_VARIABLES } from '../../runtime/config';
import { ENGINE_VARIABLES } from '../../runtime/spark-rounds';
import { runTaskProcess } from '../../runtime/task-process';
import { run } from './stage';

void runTaskProcess({
  task: 'stage',
  contracts: catalog.contractsHash,
  variables: { ...LAKE_VARIABLES, ...ENGINE_VARIABLES },
  run: (input, deps) => run(input, { ...deps, catalog }),
});
