import type { Usage } from './usage';

/** What a task is given, by which AWS bills its seconds. */
export interface BilledSizes {
  /** Of every Fargate task. */
  readonly task: { readonly vCpu: number; readonly memoryGb: number; readonly diskGb: number };
  readonly hasPublicAddresses: boolean;
  /** Of every task of a small batch. */
  readonly taskFunction: { readonly memoryGb: number; readonly diskGb: number };
}

const FARGATE_LEAST_SECONDS = 60;
const FARGATE_FREE_DISK_GB = 20;
const LAMBDA_FREE_DISK_GB = 0.5;

/** A Fargate task, at list price on demand. @param seconds from the pull of its image to its end; a minute is billed at least */
export function fargateUsage(seconds: number, sizes: BilledSizes, what: string): Usage[] {
  const billed = Math.max(FARGATE_LEAST_SECONDS, seconds);
  const hours = billed / 3600;
  const { vCpu, memoryGb, diskGb } = sizes.task;
  const why = `${what}: ${Math.round(billed)} s billed`;
  return [
    { price: 'fargateCpu', quantity: vCpu * hours, what: `${why}, ${vCpu} vCPU` },
    { price: 'fargateMemory', quantity: memoryGb * hours, what: `${why}, ${memoryGb} GB` },
    {
      price: 'fargateDisk',
      quantity: Math.max(0, diskGb - FARGATE_FREE_DISK_GB) * hours,
      what: `${why}, ${diskGb} GB less ${FARGATE_FREE_DISK_GB}`,
    },
    ...(sizes.hasPublicAddresses ? [{ price: 'publicAddress', quantity: hours, what: why } as const] : []),
  ];
}

/** A task as a function. @param seconds its start included where the call had to wait for one */
export function taskFunctionUsage(seconds: number, { taskFunction }: BilledSizes, what: string): Usage[] {
  const { memoryGb, diskGb } = taskFunction;
  const why = `${what}: ${Number(seconds.toPrecision(2))} s`;
  return [
    { price: 'lambdaTime', quantity: seconds * memoryGb, what: `${why}, ${memoryGb} GB` },
    {
      price: 'lambdaDisk',
      quantity: seconds * Math.max(0, diskGb - LAMBDA_FREE_DISK_GB),
      what: `${why}, ${diskGb} GB less ${LAMBDA_FREE_DISK_GB}`,
    },
    { price: 'lambdaRequests', quantity: 1, what },
  ];
}
