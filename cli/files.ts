import { Command, Option } from 'commander';
import { OUTCOMES, type Outcome } from '../domain/ledger';
import { connect, disconnect } from '../operations/deployment';
import { type FileView, inputKey, readLatest, readUploads } from '../operations/files/ledger';
import { wholeNumber } from './numbers';
import { formatBytes, formatTable } from './table';

const MAX_FILES = 10_000;
const SHOWN_REASON = 100;

interface Options {
  readonly status?: Outcome;
  readonly key?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function filesCommand(): Command {
  return new Command('files')
    .description('list files and their outcomes, newest first')
    .addOption(new Option('--status <outcome>', 'only files with this outcome').choices(OUTCOMES))
    .addOption(
      new Option('--key <key>', 'every upload of one key, such as input/orders.csv').conflicts('status'),
    )
    .option('--limit <n>', 'how many to show', wholeNumber(1, MAX_FILES), 20)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
waiting      in input/, with a message in the queue
running      in an execution
dead_letter  in input/, after five failed executions; daybook redrive retries it
archived     its rows are loaded
rejected     in rejected/, with the reason next to it
duplicate    archived without processing: its rows were already loaded
replaced     replaced by a newer upload
gone         the file no longer existed when its message was received

Rows are all good rows, loaded; those that delete their key are also counted as deleting. The rows of a file are rows,
rejected and left out (by the contract) together.

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
      { heading: 'left out', right: true, text: ({ rows_left_out }) => String(rows_left_out ?? '') },
      { heading: 'deleting', right: true, text: ({ rows_deleted }) => String(rows_deleted ?? '') },
      { heading: 'execution', text: ({ execution = '' }) => execution },
      { heading: 'reason', text: ({ reason = '' }) => cut(reason) },
    ],
    files,
  );
}

const cut = (text: string): string => (text.length > SHOWN_REASON ? `${text.slice(0, SHOWN_REASON)}…` : text);
