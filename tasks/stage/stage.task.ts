import { runTaskProcess } from '../task-process';
import { run } from './stage';

void runTaskProcess({ task: 'stage', variables: {}, run });
