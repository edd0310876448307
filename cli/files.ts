import { Command, Option } from 'commander';
import { OUTCOMES, type Outcome } from '../domain/ledger';
import { connect, disconnect } from '../operations/deployment';
import { type FileView, inputKey, readLatest, readUploads } from '../operations/files/ledger';
import { wholeNumber } from './numbers';
import { formatBytes, formatTable } from './table';

const MOST_FILES = 10_000;
const SHOWN_REASON = 100;

interface Options {
  readonly status?: Outcome;
  readonly key?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function filesCommand(): Command {
  return new Command('files')
    .description('what became of every file: the ledger, newest first')
    .addOption(new Option('--status <outcome>', 'only files with this outcome').choices(OUTCOMES))
    .addOption(new Option('--key <key>', 'every upload of one key, as input/orders.csv').conflicts('status'))
    .option('--limit <n>', 'how many to show', wholeNumber(1, MOST_FILES), 20)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
waiting      in input/, its message in the queue for a first try or another
running      in an execution
dead_letter  in input/ after five executions that failed: daybook redrive sends it back
archived     its rows are in
rejected     below rejected/, with the reason beside it
duplicate    archived unread: its rows were in already
replaced     a newer upload took its place
gone         nothing lay there any more when its message came

Examples:
  $ daybook files --status rejected
  $ daybook files --key input/orders.csv`,
    )
    .action(async ({ status, key, limit, json }: Options) => {
      const deployment = await connect();
      try {
        const files =
          key === undefined
            ? await readLatest(deployment, limit, status)
            : await readUploads(deployment, inputKey(key), limit);
        process.stdout.write(json ? `${JSON.stringify(files)}\n` : formatFiles(files));
      } finally {
        disconnect(deployment);
      }
    });
}

function formatFiles(files: readonly FileView[]): string {
  return formatTable(
    [
      { heading: 'key', text: ({ key }) => key },
      { heading: 'uploaded', text: ({ uploaded_at }) => uploaded_at },
      { heading: 'size', right: true, text: ({ size }) => formatBytes(size) },
      { heading: 'outcome', text: ({ outcome }) => outcome },
      { heading: 'rows', right: true, text: ({ rows }) => String(rows ?? '') },
      { heading: 'rejected', right: true, text: ({ rows_rejected }) => String(rows_rejected ?? '') },
      { heading: 'execution', text: ({ execution = '' }) => execution },
      { heading: 'reason', text: ({ reason = '' }) => cut(reason) },
    ],
    files,
  );
}

const cut = (text: string): string => (text.length > SHOWN_REASON ? `${text.slice(0, SHOWN_REASON)}…` : text);
