import { LAKE_VARIABLES } from '../../runtime/config';
import { runTaskProcess } from '../../runtime/task-process';
import { run } from './stage';

void runTaskProcess({ task: 'stage', variables: LAKE_VARIABLES, run });
