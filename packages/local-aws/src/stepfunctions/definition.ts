import { BRANCH_FIELDS, MACHINE_FIELDS, STATE_FIELDS } from './definition-fields';
import { DefinitionError } from './errors';
import type { Integrations } from './integrations/integration';
import { StateMachine, type StateMachineDefinition } from './interpreter';
import { isObject, type Json, type JsonObject } from './json';
import { callsIntrinsic, eachPath } from './payload-template';
import { prepareState } from './prepared-state';

export interface StateInfo {
  readonly name: string;
  readonly type: string;
  /** The state's fields in the definition. */
  readonly fields: JsonObject;
  /** The enclosing Map and Parallel states, outermost first. */
  readonly within: readonly string[];
}

/** A validated state machine. */
export interface Definition {
  /** The deployed definition. */
  readonly text: string;
  readonly states: ReadonlyMap<string, StateInfo>;
  readonly timeoutSeconds: number | undefined;
  /** The definition for the interpreter (see prepareState). */
  readonly prepared: StateMachineDefinition;
}

/**
 * Parses a definition in the Amazon States Language and rejects anything that would behave differently from AWS.
 * @throws DefinitionError that names the state and the field
 */
export function readDefinition(text: string, integrations: Integrations): Definition {
  const machine = parse(text);
  const states = new Map<string, StateInfo>();
  rejectUnknown(machine, MACHINE_FIELDS, 'the state machine');
  collect(machine, [], 'the state machine', states);
  for (const state of states.values()) checkState(state, integrations);
  try {
    new StateMachine(machine as unknown as StateMachineDefinition);
  } catch (error) {
    throw new DefinitionError('the state machine', error instanceof Error ? error.message : String(error));
  }
  const { TimeoutSeconds: timeout, ...untimed } = machine;
  return {
    text,
    states,
    timeoutSeconds: typeof timeout === 'number' ? timeout : undefined,
    prepared: prepareMachine(untimed) as unknown as StateMachineDefinition,
  };
}

/** The state machines inside a Map or Parallel state. */
function branches(fields: JsonObject): JsonObject[] {
  const { ItemProcessor, Iterator, Branches } = fields;
  return [ItemProcessor, Iterator, ...(Array.isArray(Branches) ? Branches : [])].filter((inner) =>
    isObject(inner),
  );
}

function collect(machine: JsonObject, within: string[], where: string, states: Map<string, StateInfo>): void {
  if (machine.QueryLanguage !== undefined && machine.QueryLanguage !== 'JSONPath') {
    throw new DefinitionError(
      where,
      `QueryLanguage ${machine.QueryLanguage}: only JSONPath is supported locally`,
    );
  }
  if (!isObject(machine.States)) throw new DefinitionError(where, 'expected States');
  for (const [name, fields] of Object.entries(machine.States)) {
    if (!isObject(fields)) throw new DefinitionError(name, 'expected a state');
    if (states.has(name)) throw new DefinitionError(name, 'two states have this name');
    const known = STATE_FIELDS[String(fields.Type)];
    if (!known) throw new DefinitionError(name, `unknown state type ${JSON.stringify(fields.Type)}`);
    rejectUnknown(fields, known, name);
    states.set(name, { name, type: String(fields.Type), fields, within });
    for (const inner of branches(fields)) {
      rejectUnknown(inner, BRANCH_FIELDS, `${name}.ItemProcessor`);
      const mode = isObject(inner.ProcessorConfig) ? inner.ProcessorConfig.Mode : undefined;
      if (mode !== undefined && mode !== 'INLINE') {
        throw new DefinitionError(
          `${name}.ItemProcessor.ProcessorConfig.Mode`,
          `expected INLINE, got ${mode}`,
        );
      }
      collect(inner, [...within, name], name, states);
    }
  }
}

function rejectUnknown(fields: JsonObject, known: readonly string[], where: string): void {
  const unknown = Object.keys(fields).find((field) => !known.includes(field));
  if (unknown !== undefined)
    throw new DefinitionError(where, `the field ${unknown} is not supported locally`);
}

function checkState({ name, type, fields }: StateInfo, integrations: Integrations): void {
  const owned = type === 'Task' || type === 'Pass';
  for (const field of ['Parameters', 'ResultSelector', 'ItemSelector'] as const) {
    const template = fields[field];
    if (template === undefined) continue;
    const where = `${name}.${field}`;
    eachPath(template, where, (path) => {
      const selectsItem = type === 'Map' && field !== 'ResultSelector';
      rejectContext(path, where, [...(owned ? ['State'] : []), ...(selectsItem ? ['Map'] : [])]);
    });
    if (!owned && callsIntrinsic(template)) {
      throw new DefinitionError(
        where,
        'intrinsic functions are supported locally in Task and Pass states only',
      );
    }
  }
  for (const field of ['ErrorPath', 'CausePath'] as const) {
    if (String(fields[field] ?? '$').startsWith('States.')) {
      throw new DefinitionError(`${name}.${field}`, 'intrinsic functions are not supported locally here');
    }
  }
  const {
    Parameters: _,
    ResultSelector: __,
    ItemSelector: ___,
    ItemProcessor: ____,
    Branches: _____,
    ...paths
  } = fields;
  eachString(paths, (text) => {
    if (text.startsWith('$$.')) rejectContext(text, name, []);
  });
  if (type === 'Task') checkTask(name, fields, integrations);
}

function checkTask(name: string, fields: JsonObject, integrations: Integrations): void {
  const integration = integrations.find(String(fields.Resource));
  if (!integration) {
    throw new DefinitionError(
      `${name}.Resource`,
      `the integration ${fields.Resource} is not supported locally`,
    );
  }
  const names = Object.keys(isObject(fields.Parameters) ? fields.Parameters : {}).map((field) =>
    field.replace(/\.\$$/, ''),
  );
  const unknown = names.find((parameter) => !integration.parameters.includes(parameter));
  if (unknown !== undefined) {
    throw new DefinitionError(`${name}.Parameters`, `${integration.resource} has no parameter ${unknown}`);
  }
}

/** Rejects a path into the context object that the interpreter does not resolve correctly. */
function rejectContext(path: string, where: string, allowed: readonly string[]): void {
  const root = /^\$\$\.(\w+)/.exec(path)?.[1];
  if (root === undefined || [...allowed, 'Execution', 'StateMachine'].includes(root)) return;
  const hint = root === 'Map' ? '; pass it through ItemSelector' : '';
  throw new DefinitionError(where, `${path} is not supported locally here${hint}`);
}

function eachString(value: Json, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (value !== null && typeof value === 'object')
    for (const child of Object.values(value)) eachString(child, visit);
}

function prepareMachine(machine: JsonObject): JsonObject {
  const states = Object.entries(isObject(machine.States) ? machine.States : {});
  return {
    ...machine,
    States: Object.fromEntries(
      states.map(([name, fields]) => [name, prepareState(fields as JsonObject, prepareMachine)]),
    ),
  };
}

function parse(text: string): JsonObject {
  try {
    const machine: Json = JSON.parse(text);
    if (isObject(machine)) return machine;
  } catch (error) {
    throw new DefinitionError(
      'the state machine',
      `not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  throw new DefinitionError('the state machine', 'expected a JSON object');
}
