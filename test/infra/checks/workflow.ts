import validate from 'asl-validator';
import { type Check, flat, one, resourcesOf, type TemplateJson } from './check';

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Retry?: { MaxAttempts: number; IntervalSeconds: number; BackoffRate: number }[];
  Parameters?: Record<string, unknown>;
  ResultSelector?: Record<string, unknown>;
  ItemProcessor?: { States: Record<string, State> };
}

interface Definition {
  TimeoutSeconds: number;
  States: Record<string, State>;
}

interface Machine {
  DefinitionString: string;
  DefinitionSubstitutions: Record<string, unknown>;
}

/** The pipeline, and the state machine that its task steps start. */
const MACHINES = ['Workflow', 'RunTask'] as const;
type MachineName = (typeof MACHINES)[number];

const machine = (template: TemplateJson, which: MachineName): Machine =>
  one(template, 'AWS::StepFunctions::StateMachine', (id) => id.startsWith(which)).Properties;

const definition = (template: TemplateJson, which: MachineName): Definition =>
  JSON.parse(machine(template, which).DefinitionString);

function change(template: TemplateJson, which: MachineName, how: (definition: Definition) => void): void {
  const changed = definition(template, which);
  how(changed);
  machine(template, which).DefinitionString = JSON.stringify(changed);
}

function statesOf(definition: Definition): [name: string, state: State][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...Object.entries(state.ItemProcessor?.States ?? {}),
  ]);
}

/** The tasks of one machine, or of both. */
const tasksOf = (template: TemplateJson, machines: readonly MachineName[] = MACHINES) =>
  machines
    .flatMap((which) => statesOf(definition(template, which)))
    .filter(([, { Type }]) => Type === 'Task');

function state(definition: Definition, name: string): State {
  const found = definition.States[name];
  if (!found) throw new Error(`there is no state ${name}`);
  return found;
}

const queueTimeout = (template: TemplateJson): number =>
  one(template, 'AWS::SQS::Queue', (id) => /^IntakeQueue/.test(id)).Properties.VisibilityTimeout;

const lambda = (template: TemplateJson, name: string) =>
  one(template, 'AWS::Lambda::Function', (id) => id.startsWith(`Functions${name}`)).Properties;

/** Seconds of the function that a state calls; of a task's functions, of the longest. */
function timeoutOfFunction(template: TemplateJson, { Parameters = {} }: State): number {
  const [, substitution = ''] = /^\$\{(\w+)\}$/.exec(String(Parameters.FunctionName)) ?? [];
  const { 'Fn::GetAtt': [id] = [undefined] } = (machine(template, 'Workflow').DefinitionSubstitutions[
    substitution
  ] ?? {}) as { 'Fn::GetAtt'?: string[] };
  const called = resourcesOf(template, 'AWS::Lambda::Function').filter(([name]) =>
    id === undefined ? name.startsWith('SmallBatches') : name === id,
  );
  return Math.max(...called.map(([, { Properties }]) => Properties.Timeout));
}

const enginesOf = (template: TemplateJson) =>
  Object.fromEntries(tasksOf(template, ['RunTask'])) as Record<'RunOnLambda' | 'RunOnFargate', State>;

/** Step Functions resolves these before it looks at the text. */
const filledIn = (template: TemplateJson, which: MachineName): string =>
  machine(template, which).DefinitionString.replace(/\$\{(\w+)\}/g, 'x');

const NESTED = 'arn:aws:states:::states:startExecution.sync:2';

export const WORKFLOW_CHECKS: readonly Check[] = [
  {
    rule: 'the definitions are valid Amazon States Language',
    faults: (template) =>
      MACHINES.flatMap((which) => {
        const { isValid, errorsText } = validate(JSON.parse(filledIn(template, which)), {
          checkPaths: true,
          checkArn: true,
        });
        return isValid ? [] : [errorsText()];
      }),
    breaks: {
      'a state that is not there': (template) =>
        change(template, 'Workflow', ({ States }) =>
          Object.assign(States.ValidateFiles ?? {}, { Next: 'Nowhere' }),
        ),
      'a field that is not there': (template) =>
        change(template, 'RunTask', (all) =>
          Object.assign(state(all, 'TaskFailed'), { Cuase: 'a typing error' }),
        ),
    },
  },
  {
    rule: 'every substitution is supplied, and every one supplied is used',
    faults: (template) =>
      MACHINES.flatMap((which) => {
        const { DefinitionString, DefinitionSubstitutions } = machine(template, which);
        const used = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
        const supplied = Object.keys(DefinitionSubstitutions);
        return [
          ...used.filter((name) => !supplied.includes(name)).map((name) => `${name} is not supplied`),
          ...supplied.filter((name) => !used.includes(name)).map((name) => `${name} is not used`),
        ];
      }),
    breaks: {
      'one not supplied': (template) => {
        delete machine(template, 'Workflow').DefinitionSubstitutions.BucketName;
      },
      'one not used': (template) => {
        machine(template, 'RunTask').DefinitionSubstitutions.Spare = 'x';
      },
      'one mistyped': (template) => {
        const { DefinitionString } = machine(template, 'Workflow');
        machine(template, 'Workflow').DefinitionString = DefinitionString.replace(
          '$' + '{SettleFunctionArn}',
          '$' + '{SetleFunctionArn}',
        );
      },
    },
  },
  {
    rule: 'a path or a function stands under a key that ends in .$, and nowhere else',
    faults: (template) =>
      tasksOf(template).flatMap(([name, { Parameters, ResultSelector }]) => [
        ...misplaced(Parameters, name),
        ...misplaced(ResultSelector, name),
      ]),
    breaks: {
      'a path taken for a text': (template) =>
        change(template, 'Workflow', (all) =>
          Object.assign(state(all, 'SettleBatch').Parameters ?? {}, { Extra: '$.x' }),
        ),
      'a text taken for a path': (template) =>
        change(template, 'Workflow', (all) =>
          Object.assign(state(all, 'SettleBatch').Parameters ?? {}, { 'Extra.$': 'delete' }),
        ),
    },
  },
  {
    rule: 'every task gives up before its state machine, a nested one before who started it, and all before the messages come back',
    faults: (template) => {
      const { TimeoutSeconds } = definition(template, 'Workflow');
      const nested = definition(template, 'RunTask').TimeoutSeconds;
      return [
        ...MACHINES.flatMap((which) =>
          tasksOf(template, [which])
            .filter(([, task]) => !(Number(task.TimeoutSeconds) < definition(template, which).TimeoutSeconds))
            .map(([name]) => `${name} outlasts the state machine`),
        ),
        ...tasksOf(template)
          .filter(
            ([, { Resource, TimeoutSeconds }]) => Resource === NESTED && !(nested < Number(TimeoutSeconds)),
          )
          .map(([name]) => `${name} gives up before its task`),
        ...(TimeoutSeconds < queueTimeout(template) ? [] : ['a message comes back while its execution runs']),
        ...(Number(lambda(template, 'orchestrate').Environment.Variables.HELD_VISIBILITY) > TimeoutSeconds
          ? []
          : ['a message that is held comes back while its execution runs']),
      ];
    },
    breaks: {
      'a task without an end': (template) =>
        change(template, 'RunTask', (all) => void delete state(all, 'RunOnFargate').TimeoutSeconds),
      'a task that outlasts it': (template) =>
        change(template, 'Workflow', (all) =>
          Object.assign(state(all, 'StageFiles'), { TimeoutSeconds: 11_400 }),
        ),
      'a step that gives up before its task': (template) =>
        change(template, 'Workflow', (all) =>
          Object.assign(state(all, 'StageFiles'), { TimeoutSeconds: 3000 }),
        ),
      'a state machine that outlasts its messages': (template) =>
        change(template, 'Workflow', (all) => Object.assign(all, { TimeoutSeconds: 43_200 })),
      'messages held for too short': (template) => {
        lambda(template, 'orchestrate').Environment.Variables.HELD_VISIBILITY = '600';
      },
    },
  },
  {
    rule: 'a function ends before those who wait for it give up',
    faults: (template) => {
      const orchestrate = lambda(template, 'orchestrate');
      const variables = orchestrate.Environment.Variables;
      return [
        ...(orchestrate.Timeout < Number(variables.RECEIVED_VISIBILITY)
          ? []
          : ['a message comes back while it is being batched']),
        ...(variables.LEASE_SECONDS === undefined || orchestrate.Timeout < Number(variables.LEASE_SECONDS)
          ? []
          : ['a lease ends before its holder']),
        ...tasksOf(template)
          .filter(([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke')
          .filter(([, state]) => !(Number(state.TimeoutSeconds) > timeoutOfFunction(template, state)))
          .map(([name]) => `${name} gives up before its function`),
      ];
    },
    breaks: {
      'an orchestrator that outlasts its messages': (template) => {
        lambda(template, 'orchestrate').Timeout = 900;
      },
      'a function that outlasts its state': (template) => {
        lambda(template, 'settle').Timeout = 301;
      },
      'a task’s function that outlasts its state': (template) => {
        one(template, 'AWS::Lambda::Function', (id) =>
          id.startsWith('SmallBatchesstage'),
        ).Properties.Timeout = 900;
      },
      'a lease shorter than its holder': (template) => {
        lambda(template, 'orchestrate').Environment.Variables.LEASE_SECONDS = '60';
      },
    },
  },
  {
    rule: 'a small batch whose every function runs out of time, after every wait, leaves the state machine time for Fargate',
    faults: (template) => {
      const all = Object.values(definition(template, 'Workflow').States);
      const seconds = (states: readonly State[]) =>
        states.reduce((sum, one) => sum + Number(one.TimeoutSeconds) + waitsOf(one), 0);
      const { RunOnLambda, RunOnFargate } = enginesOf(template);
      const engines = seconds([RunOnLambda, RunOnFargate]);
      const steps = all.filter(({ Resource }) => Resource === NESTED).length;
      const functions = all.filter(({ Resource }) => Resource === 'arn:aws:states:::lambda:invoke');
      const spent = steps * engines + seconds(functions);
      const { TimeoutSeconds } = definition(template, 'Workflow');
      return spent <= TimeoutSeconds ? [] : [`${spent} s of functions and tasks, at the most`];
    },
    breaks: {
      'functions of 15 minutes': (template) =>
        change(template, 'RunTask', (all) =>
          Object.assign(state(all, 'RunOnLambda'), { TimeoutSeconds: 930 }),
        ),
      'functions that are waited for twice as long': (template) =>
        change(template, 'RunTask', (all) => {
          const waits = state(all, 'RunOnLambda').Retry?.find(
            ({ IntervalSeconds }) => IntervalSeconds === 10,
          );
          Object.assign(waits ?? {}, { MaxAttempts: 24 });
        }),
    },
  },
  {
    rule: 'a nested execution has time for a function, or a plan and its job on Spark, that runs out of time, and for every try on Fargate',
    faults: (template) => {
      const { TimeoutSeconds } = definition(template, 'RunTask');
      const { RunOnLambda, RunOnFargate, ...spark } = enginesOf(template);
      const once = (state: State) => Number(state.TimeoutSeconds) + waitsOf(state);
      const tries = 1 + Math.max(...(RunOnFargate.Retry ?? []).map(({ MaxAttempts }) => MaxAttempts));
      const onFargate = tries * Number(RunOnFargate.TimeoutSeconds) + waitsOf(RunOnFargate);
      const onSpark = Object.values<State>(spark).reduce((sum, state) => sum + once(state), 0);
      const spent = Math.max(once(RunOnLambda), onSpark) + onFargate;
      return spent <= TimeoutSeconds ? [] : [`${spent} s, at the most`];
    },
    breaks: {
      'an hour on Fargate': (template) =>
        change(template, 'RunTask', (all) =>
          Object.assign(state(all, 'RunOnFargate'), { TimeoutSeconds: 3600 }),
        ),
    },
  },
  {
    rule: 'one orchestrator at a time, by Lambda or by a lease',
    faults: (template) => {
      const { ReservedConcurrentExecutions, Environment } = lambda(template, 'orchestrate');
      const byLambda = ReservedConcurrentExecutions === 1;
      const byLease = Environment.Variables.LEASE_SECONDS !== undefined;
      return byLambda !== byLease ? [] : ['two can each see no execution running and start one'];
    },
    breaks: {
      'by neither': (template) => {
        delete lambda(template, 'orchestrate').ReservedConcurrentExecutions;
        delete lambda(template, 'orchestrate').Environment.Variables.LEASE_SECONDS;
      },
    },
  },
  {
    rule: 'a container task’s second and third tries are on demand, whatever its first was on',
    faults: (template) =>
      tasksOf(template)
        .filter(([, { Resource }]) => Resource === 'arn:aws:states:::ecs:runTask.sync')
        .filter(([, { Parameters = {}, Retry = [] }]) => {
          const [strategy] = (Parameters.CapacityProviderStrategy ?? []) as Record<string, string>[];
          const providers = /^States\.ArrayGetItem\(States\.Array\((.*)\), \$\$\.State\.RetryCount\)$/
            .exec(strategy?.['CapacityProvider.$'] ?? '')?.[1]
            ?.split(', ');
          const tries = 1 + Math.max(...Retry.map(({ MaxAttempts }) => MaxAttempts));
          const rest = providers?.slice(1) ?? [];
          return (
            Parameters.LaunchType !== undefined ||
            providers?.length !== tries ||
            rest.some((provider) => provider !== "'FARGATE'")
          );
        })
        .map(([name]) => `${name} may find no place at its last try`),
    breaks: {
      'a fourth try': (template) =>
        change(template, 'RunTask', (all) =>
          Object.assign(state(all, 'RunOnFargate').Retry?.[0] ?? {}, { MaxAttempts: 3 }),
        ),
      'a launch type beside the strategy, which ECS refuses': (template) =>
        change(template, 'RunTask', (all) =>
          Object.assign(state(all, 'RunOnFargate').Parameters ?? {}, { LaunchType: 'FARGATE' }),
        ),
    },
  },
  {
    rule: 'the clock calls no oftener than an orchestrator can take, and on a schedule in minutes',
    faults: (template) => {
      const { ScheduleExpression } = one(template, 'AWS::Scheduler::Schedule', (id) =>
        id.startsWith('Triggers'),
      ).Properties;
      const minutes = Number(/^rate\((\d+) minutes\)$/.exec(flat(ScheduleExpression))?.[1]);
      return minutes * 60 >= lambda(template, 'orchestrate').Timeout ? [] : ['calls pile up'];
    },
    breaks: {
      'every minute': (template) => {
        one(template, 'AWS::Scheduler::Schedule', (id) =>
          id.startsWith('Triggers'),
        ).Properties.ScheduleExpression = 'rate(1 minutes)';
      },
    },
  },
];

/** The longest time that a state waits between its tries, in seconds. */
function waitsOf({ Retry = [] }: State): number {
  const waits = Retry.flatMap(({ MaxAttempts, IntervalSeconds, BackoffRate }) =>
    Array.from({ length: MaxAttempts }, (_, retry) => IntervalSeconds * BackoffRate ** retry),
  );
  return waits.reduce((sum, wait) => sum + wait, 0);
}

function misplaced(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isPath = typeof inner === 'string' && /^(\$\$?(\.|$)|States\.)/.test(inner);
    return [...(isPath === key.endsWith('.$') ? [] : [`${at}.${key}`]), ...misplaced(inner, `${at}.${key}`)];
  });
}
