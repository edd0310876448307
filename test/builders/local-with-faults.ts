/** `daybook local`, with its options, into which faults can be injected over HTTP. */
import { areIncluded, definitionOptions } from '../../cli/definition-options';

async function main(): Promise<void> {
  const definitions = definitionOptions(process.argv, process.env);
  if (!areIncluded(definitions)) {
    const { loadDefinitions } = await import('../../cli/load-definitions');
    if (!loadDefinitions(definitions)) process.exit(1);
  }
  // The catalogue is read when the command is loaded.
  const { localCommand } = await import('../../cli/local');
  const { pipelineFaults } = await import('./pipeline-faults');
  await localCommand(pipelineFaults()).parseAsync();
}

void main();
