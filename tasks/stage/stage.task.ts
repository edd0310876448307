import { LAKE_VARIABLES } from '../config';
import { runTaskProcess } from '../task-process';
import { run } from './stage';

void runTaskProcess({ task: 'stage', variables: LAKE_VARIABLES, run });
