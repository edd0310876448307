import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext } from '../endpoint/service';
import { callOf, type Placeholders } from './call';
import type { FaultPlan } from './plan';
import { killEndpoint, type Processes } from './processes';
import { refusalOf } from './refusal';
import type { Effect } from './rule';

interface RequestFaults {
  readonly plan: FaultPlan;
  readonly processes: Processes;
  readonly placeholders: Placeholders;
  readonly maxPollMs: number | undefined;
  resetVisibility(queueName: string): void;
}

interface InterceptedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RequestContext;
  readonly accessKeyId: string;
}

/**
 * Intercepts one request at its first permission check, which identifies the call. The check precedes any effect, and
 * the service answers a thrown error in its own protocol.
 * @returns the context to pass to the service
 */
export function intercept(faults: RequestFaults, intercepted: InterceptedRequest): RequestContext {
  const { request, context, accessKeyId } = intercepted;
  const invocation = request.headers['amz-sdk-invocation-id'];
  let isKnown = false;
  return {
    ...context,
    ...(signalOf(faults, intercepted) ?? {}),
    decide(access) {
      const decision = context.decide(access);
      const call =
        isKnown || !decision.allowed
          ? undefined
          : callOf(request, context.caller, access, faults.placeholders);
      if (!call) return decision;
      isKnown = true;
      const hasProcess = faults.processes.has(accessKeyId);
      const effect = faults.plan.match(
        call,
        hasProcess,
        invocation === undefined ? invocation : String(invocation),
      );
      if (effect) apply(effect, call, faults, intercepted);
      return decision;
    },
  };
}

/** @throws AwsError that replaces the response */
function apply(
  effect: Effect,
  { service, operation, resource }: { service: string; operation: string; resource: string },
  faults: RequestFaults,
  { response, accessKeyId }: InterceptedRequest,
): void {
  const drop = () => response.destroy();
  const killCaller = () => {
    faults.processes.kill(accessKeyId);
    drop();
  };
  switch (effect.do) {
    case 'refuse':
      if (effect.how === 'reset') drop();
      if (effect.how === 'timeout') inPlaceOfEnd(response, () => setTimeout(drop, effect.ms));
      throw refusalOf(service, effect.how, effect.code);
    case 'lose-answer':
      inPlaceOfEnd(response, drop);
      break;
    case 'delay':
      inPlaceOfEnd(response, (end) => setTimeout(end, effect.ms));
      break;
    case 'kill':
      inPlaceOfEnd(response, killCaller);
      if (effect.at === 'after') break;
      killCaller();
      throw refusalOf(service, 'reset');
    case 'kill-endpoint':
      if (effect.at === 'before') killEndpoint();
      inPlaceOfEnd(response, killEndpoint);
      break;
    case 'twice':
      if (operation !== 'ReceiveMessage') break;
      inPlaceOfEnd(response, (end) => {
        faults.resetVisibility(resource);
        end();
      });
  }
}

/** The service ends its response after the request has taken effect; a short response is not sent before that. */
function inPlaceOfEnd(response: ServerResponse, act: (end: () => void) => void): void {
  const end = response.end.bind(response);
  response.end = ((...args: Parameters<typeof end>) => {
    act(() => end(...args));
    return response;
  }) as typeof response.end;
}

/** Shortens a long poll by aborting the signal that ends it. */
function signalOf(
  faults: RequestFaults,
  { request, context }: InterceptedRequest,
): { signal: AbortSignal } | undefined {
  const isReceive = String(request.headers['x-amz-target'] ?? '').endsWith('.ReceiveMessage');
  if (!isReceive || faults.maxPollMs === undefined) return undefined;
  const limit = AbortSignal.timeout(faults.maxPollMs);
  return { signal: context.signal ? AbortSignal.any([context.signal, limit]) : limit };
}
