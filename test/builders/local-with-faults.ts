/** `daybook local`, with its options, into which faults can be injected over HTTP. */
import { useDefinitions } from '../../cli/use-definitions';

async function main(): Promise<void> {
  if (!(await useDefinitions(process.argv))) process.exit(1);
  // The catalogue is read when the command is loaded.
  const { localCommand } = await import('../../cli/local');
  const { pipelineFaults } = await import('./pipeline-faults');
  await localCommand(pipelineFaults()).parseAsync();
}

void main();
