import type { Deployment } from '../operations/deployment';
import { type Frame, type WatchedExecution, watchExecutions } from '../operations/executions/follow';
import type { LiveStep } from '../operations/executions/steps';
import { CommandFailure } from './failure';
import { formatSeconds, printable } from './table';
import { describe, describeFiles, drawFrame } from './watch-view';

export interface WatchOptions {
  /** True to continue with later executions until the command is stopped. */
  readonly follow?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly stream?: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'write'>;
}

const REDRAW_MS = 200;

interface Screen {
  show(frame: Frame): void;
  /** Called after the last frame of an execution. */
  finish(): void;
}

/**
 * Shows the running execution, or the next one, until it ends: updated in place on a terminal, otherwise one line, or one JSON
 * object, per completed state.
 * @throws CommandFailure if it did not succeed
 */
export async function watch(
  deployment: Deployment,
  { follow, json, stream = process.stdout }: WatchOptions,
): Promise<void> {
  const screen = () => {
    if (json) return jsonLines(stream);
    return stream.isTTY && process.env.TERM !== 'dumb' ? drawing(stream) : lines(stream);
  };
  let current = screen();
  try {
    for await (const frame of watchExecutions(deployment)) {
      current.show(frame);
      const { execution } = frame;
      if (!execution || execution.status === 'RUNNING') continue;
      current.finish();
      if (!follow) return requireSuccess(execution);
      current = screen();
    }
  } finally {
    current.finish();
  }
}

function requireSuccess({ name, status, cause }: WatchedExecution): void {
  if (status !== 'SUCCEEDED') throw new CommandFailure(`${name} ${status}: ${cause ?? 'no cause given'}`);
}

type Stream = NonNullable<WatchOptions['stream']>;

/** Redraws at an interval, so that the elapsed time advances between two polls. */
function drawing(stream: Stream): Screen {
  const hasColour = !process.env.NO_COLOR;
  let frame: Frame | undefined;
  let drawn = 0;
  const draw = () => {
    if (!frame) return;
    const columns = stream.columns || 80;
    // Lines that have scrolled off cannot be overwritten, so only the end of a long list is shown.
    const shown = drawFrame(frame, { now: new Date(), hasColour, columns }).slice(-((stream.rows || 24) - 1));
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    stream.write(`${up}\r\u001b[J${shown.join('\n')}\n`);
    drawn = shown.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    show(next) {
      frame = next;
      draw();
    },
    finish() {
      clearInterval(timer);
    },
  };
}

/** Calls back once for every completed state. */
function completedStates(onCompleted: (step: LiveStep) => void): (steps: readonly LiveStep[]) => void {
  let reported = 0;
  return (steps) => {
    const completed = steps.filter(({ ended }) => ended);
    for (const step of completed.slice(reported)) onCompleted(step);
    reported = completed.length;
  };
}

function lines(stream: Stream): Screen {
  const say = (line: string) => void stream.write(`${line}\n`);
  let started: string | undefined;
  let files: string | undefined;
  const onSteps = completedStates((step) => {
    const status = step.status === 'succeeded' ? '' : `  ${step.status}`;
    say(`  ${step.state.padEnd(22)} ${describe(step, new Date())}${status}`);
  });
  return {
    show({ execution }) {
      if (!execution) {
        if (started === undefined) say('no execution is running; waiting for one');
        started = '';
        return;
      }
      const { name, status, steps } = execution;
      if (started !== name) say(`execution  ${name}`);
      started = name;
      onSteps(steps);
      const described = describeFiles(execution.files);
      if (described !== files) say(`  ${described}`);
      files = described;
      if (status !== 'RUNNING') {
        const millis = (execution.ended?.getTime() ?? 0) - (execution.started?.getTime() ?? 0);
        say(
          `  ${status} in ${formatSeconds(millis)}: ${printable(execution.report?.summary ?? execution.cause ?? '')}`,
        );
      }
    },
    finish() {},
  };
}

function jsonLines(stream: Stream): Screen {
  let hasStarted = false;
  let name = '';
  const say = (line: object) => void stream.write(`${JSON.stringify({ execution: name, ...line })}\n`);
  const onSteps = completedStates(({ state, status, started, ended, tries, items }) =>
    say({ state, status, started, ended, tries, items }),
  );
  return {
    show({ execution, queue }) {
      if (!execution) return;
      name = execution.name;
      if (!hasStarted) say({ status: 'RUNNING', started: execution.started, queue });
      hasStarted = true;
      onSteps(execution.steps);
      if (execution.status === 'RUNNING') return;
      const { status, started, ended, report = null, cause = null } = execution;
      say({ status, started, ended, report, cause });
    },
    finish() {},
  };
}
