/**
 * The package that interprets the states language: which state comes next, Retry, Catch, Choice, Map. It asks for
 * `Promise.withResolvers` when it runs a task, which Node 20 has not.
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
