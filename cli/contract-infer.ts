import { Argument, Command, InvalidArgumentError } from 'commander';
import { NAME } from '../domain/contract-rules';

export function contractInferCommand(): Command {
  return new Command('infer')
    .description('draft the contract of a file that no contract describes, from all of its values')
    .addArgument(new Argument('<file>', 'a file of any supported format'))
    .option('--kind <name>', "the name of the kind (default: from the file's name)", kindName)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Comments that start with "decide:" say what the values do not tell.

Example:
  $ daybook contract infer parcels.csv > our-contracts/parcels.yaml`,
    )
    .action(async (file: string, { kind, json }: { kind?: string; json?: boolean }) => {
      const { draftKind, inferContract } = await import('../operations/contracts/infer');
      const yaml = await inferContract(file, kind ?? draftKind(file));
      process.stdout.write(json ? `${JSON.stringify({ yaml })}\n` : yaml);
    });
}

function kindName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError('Expected lower-case letters, digits and underscores, a letter first.');
}
