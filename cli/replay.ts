import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import { type Replay, replay } from '../operations/files/replay';
import { CommandFailure } from './failure';
import { withProgress } from './progress';
import { printable } from './table';

export function replayCommand(): Command {
  return new Command('replay')
    .description('reprocess archived files: all files of an execution, or one by its key')
    .argument('<what>', 'an execution, a key in input/ (its newest archived upload), or a key in archive/')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
The files are copied back to input/ with the time of their original upload. Rows that were uploaded since then stay the
newest, and rows that are already loaded change nothing, so it is safe to replay at any time, repeatedly and in any order.
A key with a waiting upload is skipped; try again after that upload has been processed.

Examples:
  $ daybook replay input/orders.csv
  $ daybook replay 20250330T161426Z-0123456789ab`,
    )
    .action(async (what: string, { json }: { json?: boolean }) => {
      const deployment = await connect();
      try {
        const replays = await withProgress('copying archived files back', { json }, ({ update, print }) => {
          let done = 0;
          return replay(deployment, what, (one) => {
            if (!json) print(describe(one));
            update(plural(++done, 'file'));
          });
        });
        if (json) process.stdout.write(`${JSON.stringify(replays)}\n`);
        const left = replays.filter(({ outcome }) => outcome === 'left');
        if (left.length > 0) {
          throw new CommandFailure(
            `${plural(left.length, 'file')} not replayed, as another upload is waiting under the key: try again when daybook files shows none waiting`,
          );
        }
      } finally {
        disconnect(deployment);
      }
    });
}

function describe({ key, archived, uploaded_at, outcome }: Replay): string {
  const result = outcome === 'replayed' ? `from ${archived}, as uploaded ${uploaded_at}` : 'not replayed';
  return printable(`${key}  ${result}`);
}
