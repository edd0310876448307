import fs from 'node:fs';
import { MACHINE_ARN, StatesHarness, task } from '../../src/testing/states-harness';

let states: StatesHarness;

beforeEach(async () => {
  states = await StatesHarness.start();
  states.deploy({ Work: task({ Parameters: { FunctionName: 'f' }, End: true }) });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await states.stop();
});

function fillDisk(): void {
  jest.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
}

describe('a full disk', () => {
  it('does not stop an execution, whose history is incomplete', async () => {
    states.invoke = () => {
      fillDisk();
      return 'done';
    };
    expect(await states.run('caught')).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    jest.restoreAllMocks();
    expect((await states.history('caught')).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
    ]);
  });

  it('rejects an execution without an event, and accepts it once there is space', async () => {
    states.invoke = () => 'done';
    fillDisk();
    await expect(states.startExecution('refused')).rejects.toThrow();
    expect(states.changes).toEqual([]);
    jest.restoreAllMocks();
    expect(await states.run('refused')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('aborts an execution at the next start if its end could not be written', async () => {
    states.invoke = () => {
      fillDisk();
      return 'done';
    };
    await states.run('unwritten');
    jest.restoreAllMocks();
    await states.stop({ keep: true });
    states = await StatesHarness.start(states.directory);
    states.deploy({ Work: task({ Parameters: { FunctionName: 'f' }, End: true }) });
    states.service.abortInterrupted();
    expect(await states.describe('unwritten')).toMatchObject({ status: 'ABORTED' });
    expect((await states.history('unwritten')).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
    expect(states.changes.map(({ stateMachineArn }) => stateMachineArn)).toEqual([MACHINE_ARN]);
  });
});
