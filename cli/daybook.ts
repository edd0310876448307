import { runDaybook } from './program';

// `daybook kpis orders | head` closes the pipe early. What was asked for, an upload perhaps, is still done to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// One that succeeded may go on, as `daybook local` does.
runDaybook(process.argv.slice(2)).then((code) => {
  if (code !== 0) process.exit(code);
});
