/**
 * The interpreter of the Amazon States Language. It needs `Promise.withResolvers`, which Node 20 lacks.
 */
const withResolvers = <T>() => {
  let resolve: (value: T | PromiseLike<T>) => void = () => {};
  let reject: (reason?: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};
if (!('withResolvers' in Promise)) Object.assign(Promise, { withResolvers });

export { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
