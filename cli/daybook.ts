import { runDaybook } from './program';

// `daybook kpis orders | head` closes the pipe early. The command, such as an upload, still completes.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// A command that succeeded may keep running, as `daybook local` does.
runDaybook(process.argv.slice(2)).then((code) => {
  if (code !== 0) process.exit(code);
});
