import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { eventContracts } from '../domain/events/event-files';
import { readValidateSettings } from '../operations/contracts/deployed-settings';
import { connect, disconnect } from '../operations/deployment';
import { pauseUnless } from '../operations/events/send-events';
import type { LiveAmount, LiveNumbers, LiveProduct, LiveWindow } from '../operations/live/views';
import { s3Bucket } from '../storage/s3-bucket';
import { contractsOption } from './definition-options';
import { CommandFailure } from './failure';
import { removedAtInterruption } from './lake-session';
import { wholeNumber } from './numbers';
import { withProgress } from './progress';
import { formatTable } from './table';

interface Options {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly interval: number;
}

export function liveCommand(): Command {
  return new Command('live')
    .description('show events, visitors, sales and the funnel of the last minutes, until Ctrl-C')
    .option('--interval <seconds>', 'seconds between two looks at new files', wholeNumber(1, 3_600), 1)
    .option('--once', 'print the numbers once')
    .addOption(contractsOption())
    .option('--json', 'print the numbers as one line of JSON at every look')
    .addHelpText(
      'after',
      `
The numbers come from the files that ingest writes, before any execution. The command starts with those of the last 24 hours.

Examples:
  $ daybook live
  $ daybook live --once --json`,
    )
    .action(async (options: Options) => {
      const kinds = eventContracts(catalog.contracts);
      if (!kinds) throw new CommandFailure('no contract makes rows of events: daybook contract list');
      const deployment = await connect();
      const stopping = new AbortController();
      try {
        const settings = await readValidateSettings(deployment);
        // Loads DuckDB only here.
        const { LiveView } = await import('../operations/live/live-view');
        const bucket = s3Bucket(deployment.s3, deployment.bucket);
        const view = await LiveView.open({ bucket, kinds, settings, clock: () => new Date() });
        try {
          // Reading the files of 24 hours can take long; Ctrl-C ends it at once.
          const first = await removedAtInterruption(view.directory, () =>
            withProgress('reading the files of the last 24 hours', options, ({ update }) =>
              view.numbers((files) => update(`${files} files`)),
            ),
          );
          const stop = () => stopping.abort();
          process.once('SIGINT', stop).once('SIGTERM', stop);
          const show = screen(options);
          show(first);
          while (!options.once) {
            await pauseUnless(options.interval * 1000, stopping.signal);
            if (stopping.signal.aborted) break;
            show(await view.numbers());
          }
        } finally {
          await view.close();
        }
      } finally {
        disconnect(deployment);
      }
    });
}

/** Shows numbers: a terminal is updated in place. */
function screen({ once, json }: Options): (numbers: LiveNumbers) => void {
  const { stdout } = process;
  if (json) return (numbers) => void stdout.write(`${JSON.stringify(numbers)}\n`);
  const inPlace = stdout.isTTY && !once && process.env.TERM !== 'dumb';
  let drawn = 0;
  return (numbers) => {
    const lines = formatLive(numbers).split('\n');
    // Lines that have scrolled off cannot be overwritten.
    const shown = inPlace ? lines.slice(0, (stdout.rows || 24) - 1) : lines;
    const up = drawn > 1 ? `\u001b[${drawn - 1}A` : '';
    stdout.write(`${inPlace ? `${up}\r\u001b[J` : ''}${shown.join('\n')}${inPlace ? '' : '\n'}`);
    drawn = inPlace ? shown.length : 0;
  };
}

const BARS = '▁▂▃▄▅▆▇█';

export function formatLive({ at, windows, minutes, received }: LiveNumbers): string {
  const most = Math.max(1, ...minutes.map(({ events }) => events));
  const bars = minutes.map(({ events }) =>
    events === 0 ? ' ' : BARS[Math.ceil((events / most) * BARS.length) - 1],
  );
  const hour = windows.find((window) => window.minutes === 60);
  const read = `${received.lines} lines of ${received.files} files: ${received.events} events, ${received.duplicates} duplicates, ${received.bots} of bots, ${received.rejected} rejected`;
  return [
    `${at.slice(0, 19).replace('T', ' ')} UTC; ${read}`,
    '',
    formatWindows(windows),
    `  events per minute in the last hour, at most ${most}`,
    `  ${bars.join('')}`,
    '',
    '  products viewed in the last hour',
    formatTable(PRODUCT_COLUMNS, hour?.top_products ?? []),
  ].join('\n');
}

export const formatWindows = (windows: readonly LiveWindow[]): string => formatTable(WINDOW_COLUMNS, windows);

const NAMES: Readonly<Record<number, string>> = { 5: '5 minutes', 60: '60 minutes', 1440: '24 hours' };

const count = (heading: string, of: (window: LiveWindow) => number) => ({
  heading,
  right: true,
  text: (window: LiveWindow) => String(of(window)),
});

const WINDOW_COLUMNS = [
  { heading: 'last', text: ({ minutes }: LiveWindow) => NAMES[minutes] ?? `${minutes} minutes` },
  count('events', ({ events }) => events),
  count('visitors', ({ visitors }) => visitors),
  count('viewed', ({ funnel }) => funnel.viewed),
  count('carted', ({ funnel }) => funnel.carted),
  count('checked out', ({ funnel }) => funnel.checked_out),
  count('purchased', ({ funnel }) => funnel.purchased),
  count('purchases', ({ purchases }) => purchases),
  {
    heading: 'revenue',
    right: true,
    text: ({ revenue }: LiveWindow) => revenue.map(formatAmount).join(', ') || '-',
  },
];

/** `1234.50 EUR`: to the cent. */
const formatAmount = ({ currency, amount }: LiveAmount): string =>
  `${amount.replace(/(\.\d\d)\d*$/, '$1')}${currency === null ? '' : ` ${currency}`}`;

const PRODUCT_COLUMNS = [
  { heading: 'product', text: ({ product_id }: LiveProduct) => product_id },
  { heading: 'name', text: ({ name }: LiveProduct) => name ?? '' },
  { heading: 'views', right: true, text: ({ views }: LiveProduct) => String(views) },
  { heading: 'carts', right: true, text: ({ carts }: LiveProduct) => String(carts) },
  { heading: 'sold', right: true, text: ({ sold }: LiveProduct) => String(sold) },
];
