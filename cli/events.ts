import { Command } from 'commander';
import { eventsSendCommand } from './events-send';

export function eventsCommand(): Command {
  return new Command('events')
    .description('send simulated events to an endpoint')
    .addHelpText('after', '\nExample:\n  $ daybook events send --rate 20')
    .addCommand(eventsSendCommand());
}
