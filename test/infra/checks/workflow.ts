import validate from 'asl-validator';
import { type Check, flat, one, type TemplateJson } from './check';

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Retry?: { MaxAttempts: number }[];
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

const machine = (template: TemplateJson): Machine =>
  one(template, 'AWS::StepFunctions::StateMachine').Properties;

const definition = (template: TemplateJson): Definition => JSON.parse(machine(template).DefinitionString);

function change(template: TemplateJson, how: (definition: Definition) => void): void {
  const changed = definition(template);
  how(changed);
  machine(template).DefinitionString = JSON.stringify(changed);
}

function statesOf(definition: Definition): [name: string, state: State][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...Object.entries(state.ItemProcessor?.States ?? {}),
  ]);
}

const tasksOf = (template: TemplateJson) =>
  statesOf(definition(template)).filter(([, { Type }]) => Type === 'Task');

function state(definition: Definition, name: string): State {
  const found = definition.States[name];
  if (!found) throw new Error(`there is no state ${name}`);
  return found;
}

const queueTimeout = (template: TemplateJson): number =>
  one(template, 'AWS::SQS::Queue', (id) => /^IntakeQueue/.test(id)).Properties.VisibilityTimeout;

const lambda = (template: TemplateJson, name: string) =>
  one(template, 'AWS::Lambda::Function', (id) => id.startsWith(`Functions${name}`)).Properties;

/** Seconds of the function that a state calls. */
function timeoutOfFunction(template: TemplateJson, { Parameters = {} }: State): number {
  const substitution = /^\$\{(\w+)\}$/.exec(String(Parameters.FunctionName))?.[1] ?? '';
  const { 'Fn::GetAtt': [id] = [''] } = machine(template).DefinitionSubstitutions[substitution] as {
    'Fn::GetAtt'?: string[];
  };
  return one(template, 'AWS::Lambda::Function', (name) => name === id).Properties.Timeout;
}

/** Step Functions resolves these before it looks at the text. */
const filledIn = (template: TemplateJson): string =>
  machine(template).DefinitionString.replace(/\$\{(\w+)\}/g, 'x');

export const WORKFLOW_CHECKS: readonly Check[] = [
  {
    rule: 'the definition is valid Amazon States Language',
    faults: (template) => {
      const { isValid, errorsText } = validate(JSON.parse(filledIn(template)), {
        checkPaths: true,
        checkArn: true,
      });
      return isValid ? [] : [errorsText()];
    },
    breaks: {
      'a state that is not there': (template) =>
        change(template, ({ States }) => Object.assign(States.ValidateFiles ?? {}, { Next: 'Nowhere' })),
      'a field that is not there': (template) =>
        change(template, (all) => Object.assign(state(all, 'PipelineFailed'), { Cuase: 'a typing error' })),
    },
  },
  {
    rule: 'every substitution is supplied, and every one supplied is used',
    faults: (template) => {
      const { DefinitionString, DefinitionSubstitutions } = machine(template);
      const used = [...DefinitionString.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
      const supplied = Object.keys(DefinitionSubstitutions);
      return [
        ...used.filter((name) => !supplied.includes(name)).map((name) => `${name} is not supplied`),
        ...supplied.filter((name) => !used.includes(name)).map((name) => `${name} is not used`),
      ];
    },
    breaks: {
      'one not supplied': (template) => {
        delete machine(template).DefinitionSubstitutions.BucketName;
      },
      'one not used': (template) => {
        machine(template).DefinitionSubstitutions.Spare = 'x';
      },
      'one mistyped': (template) => {
        const { DefinitionString } = machine(template);
        machine(template).DefinitionString = DefinitionString.replace(
          '$' + '{SettleFunctionArn}',
          '$' + '{SetleFunctionArn}',
        );
      },
    },
  },
  {
    rule: 'a path or a function stands under a key that ends in .$, and nowhere else',
    faults: (template) =>
      statesOf(definition(template)).flatMap(([name, { Parameters, ResultSelector }]) => [
        ...misplaced(Parameters, name),
        ...misplaced(ResultSelector, name),
      ]),
    breaks: {
      'a path taken for a text': (template) =>
        change(template, (all) =>
          Object.assign(state(all, 'SettleBatch').Parameters ?? {}, { Extra: '$.x' }),
        ),
      'a text taken for a path': (template) =>
        change(template, (all) =>
          Object.assign(state(all, 'SettleBatch').Parameters ?? {}, { 'Extra.$': 'delete' }),
        ),
    },
  },
  {
    rule: 'every task gives up before the state machine, and that before its messages come back',
    faults: (template) => {
      const { TimeoutSeconds } = definition(template);
      return [
        ...tasksOf(template)
          .filter(([, task]) => !(Number(task.TimeoutSeconds) < TimeoutSeconds))
          .map(([name]) => `${name} outlasts the state machine`),
        ...(TimeoutSeconds < queueTimeout(template) ? [] : ['a message comes back while its execution runs']),
        ...(Number(lambda(template, 'orchestrate').Environment.Variables.HELD_VISIBILITY) > TimeoutSeconds
          ? []
          : ['a message that is held comes back while its execution runs']),
      ];
    },
    breaks: {
      'a task without an end': (template) =>
        change(template, (all) => void delete state(all, 'StageFiles').TimeoutSeconds),
      'a task that outlasts it': (template) =>
        change(template, (all) => Object.assign(state(all, 'StageFiles'), { TimeoutSeconds: 10_800 })),
      'a state machine that outlasts its messages': (template) =>
        change(template, (all) => Object.assign(all, { TimeoutSeconds: 43_200 })),
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
    rule: 'a small batch whose every function runs out of time leaves the state machine time for Fargate',
    faults: (template) => {
      const all = definition(template);
      const seconds = (resource: string) =>
        Object.values(all.States)
          .filter(({ Resource }) => Resource === resource)
          .reduce((sum, { TimeoutSeconds }) => sum + Number(TimeoutSeconds), 0);
      const spent = seconds('arn:aws:states:::lambda:invoke') + seconds('arn:aws:states:::ecs:runTask.sync');
      return spent <= all.TimeoutSeconds ? [] : [`${spent} s of functions and tasks, at the most`];
    },
    breaks: {
      'functions of 15 minutes': (template) =>
        change(template, (all) => Object.assign(state(all, 'StageSmallBatch'), { TimeoutSeconds: 930 })),
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
        change(template, (all) =>
          Object.assign(state(all, 'StageFiles').Retry?.[0] ?? {}, { MaxAttempts: 3 }),
        ),
      'a launch type beside the strategy, which ECS refuses': (template) =>
        change(template, (all) =>
          Object.assign(state(all, 'StageFiles').Parameters ?? {}, { LaunchType: 'FARGATE' }),
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

function misplaced(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isPath = typeof inner === 'string' && /^(\$\$?(\.|$)|States\.)/.test(inner);
    return [...(isPath === key.endsWith('.$') ? [] : [`${at}.${key}`]), ...misplaced(inner, `${at}.${key}`)];
  });
}
