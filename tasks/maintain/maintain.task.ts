import { catalog } from '../../catalog/catalog';
import { maintainResultKey } from '../../domain/object-keys';
import { runProcess } from '../../runtime/task-process';
import { withResultAt } from '../../runtime/task-result';
import { MAINTAIN_VARIABLES } from './config';
import { run } from './maintain';

void runProcess('maintain', MAINTAIN_VARIABLES, (deps) =>
  withResultAt(
    maintainResultKey(deps.clock()),
    { task: 'maintain' },
    { ...deps, contracts: catalog.contractsHash, marts: catalog.martsHash },
    () => run({ ...deps, catalog }),
  ),
);
