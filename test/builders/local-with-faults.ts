/** `daybook local`, with its options, into which faults can be injected over HTTP. */
import { localCommand } from '../../cli/local';
import { pipelineFaults } from './pipeline-faults';

void localCommand(pipelineFaults()).parseAsync();
