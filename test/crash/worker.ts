/** Runs cases, one after the other, as its parent sends them; ends when the parent has gone. */
import { type CaseInput, runCase } from './case';

process.on('message', (input: CaseInput) => {
  void runCase(input).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
