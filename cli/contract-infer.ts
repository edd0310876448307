import path from 'node:path';
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
      const { inferContract } = await import('../operations/contracts/infer');
      const yaml = await inferContract(file, kind ?? kindOf(file));
      process.stdout.write(json ? `${JSON.stringify({ yaml })}\n` : yaml);
    });
}

function kindName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError('Expected lower-case letters, digits and underscores, a letter first.');
}

/** `exports/Parcels 2025-03.csv.gz` is parcels. */
function kindOf(file: string): string {
  const [name = ''] = path.basename(file).split('.');
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|[_0-9]+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'rows' : plain;
}
