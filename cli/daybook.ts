import { useDefinitions } from './use-definitions';

// `daybook kpis orders | head` closes the pipe early. The command, such as an upload, still completes.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Runs the command with the contracts and marts that it names; its modules are loaded only after those are known. */
async function run(args: readonly string[]): Promise<number> {
  if (!(await useDefinitions(args))) return 1;
  const { runDaybook } = await import('./program');
  return runDaybook(args);
}

// A command that succeeded may keep running, as `daybook local` does.
run(process.argv.slice(2)).then((code) => {
  if (code !== 0) process.exit(code);
});
