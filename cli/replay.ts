import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import { type Replay, replay } from '../operations/files/replay';
import { CommandFailure } from './failure';
import { withProgress } from './progress';
import { printable } from './table';

export function replayCommand(): Command {
  return new Command('replay')
    .description('put archived files through again: those of an execution, or one by its key')
    .argument(
      '<what>',
      'an execution, a key below input/ (its newest archived upload), or a key below archive/',
    )
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The files are copied back below input/, and keep the time of their first upload: rows that came since stay the newest,
and what is in the tables already changes nothing. So it can be done at any time, again, and in any order. A key under
which another upload waits is left alone; try again once that one is through.

Examples:
  $ daybook replay input/orders.csv
  $ daybook replay 20250330T161426Z-0123456789ab`,
    )
    .action(async (what: string, { json }: { json?: boolean }) => {
      const deployment = await connect();
      try {
        const replays = await withProgress('copying archived files back', { json }, ({ tell, print }) => {
          let done = 0;
          return replay(deployment, what, (one) => {
            if (!json) print(describe(one));
            tell(plural(++done, 'file'));
          });
        });
        if (json) process.stdout.write(`${JSON.stringify(replays)}\n`);
        const left = replays.filter(({ outcome }) => outcome === 'left');
        if (left.length > 0) {
          throw new CommandFailure(
            `${plural(left.length, 'file')} not replayed, as another upload waits under the key: again, once daybook files shows none waiting`,
          );
        }
      } finally {
        disconnect(deployment);
      }
    });
}

function describe({ key, archived, uploaded_at, outcome }: Replay): string {
  const told = outcome === 'replayed' ? `from ${archived}, as uploaded ${uploaded_at}` : 'not replayed';
  return printable(`${key}  ${told}`);
}
