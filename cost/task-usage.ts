import type { BilledSizes, SparkJob } from '../domain/workflow';
import type { Usage } from './usage';

const FARGATE_MIN_SECONDS = 60;
const FARGATE_FREE_DISK_GB = 20;
const LAMBDA_FREE_DISK_GB = 0.5;

/** A Fargate task, at list price on demand. @param seconds from the pull of its image to its end; at least a minute is billed */
export function fargateUsage(seconds: number, sizes: BilledSizes, what: string): Usage[] {
  const billed = Math.max(FARGATE_MIN_SECONDS, seconds);
  const hours = billed / 3600;
  const { vcpu, memory_gb, disk_gb } = sizes.task;
  const why = `${what}: ${Math.round(billed)} s billed`;
  return [
    { price: 'fargateCpu', quantity: vcpu * hours, what: `${why}, ${vcpu} vCPU` },
    { price: 'fargateMemory', quantity: memory_gb * hours, what: `${why}, ${memory_gb} GB` },
    {
      price: 'fargateDisk',
      quantity: Math.max(0, disk_gb - FARGATE_FREE_DISK_GB) * hours,
      what: `${why}, ${disk_gb} GB less ${FARGATE_FREE_DISK_GB}`,
    },
    ...(sizes.public_address ? [{ price: 'publicAddress', quantity: hours, what: why } as const] : []),
  ];
}

/** A task that runs as a function. @param seconds including a cold start, if there was one */
export function taskFunctionUsage(seconds: number, { task_function }: BilledSizes, what: string): Usage[] {
  const { memory_gb, disk_gb } = task_function;
  const why = `${what}: ${Number(seconds.toPrecision(2))} s`;
  return [
    { price: 'lambdaTime', quantity: seconds * memory_gb, what: `${why}, ${memory_gb} GB` },
    {
      price: 'lambdaDisk',
      quantity: seconds * Math.max(0, disk_gb - LAMBDA_FREE_DISK_GB),
      what: `${why}, ${disk_gb} GB less ${LAMBDA_FREE_DISK_GB}`,
    },
    { price: 'lambdaRequests', quantity: 1, what },
  ];
}

/** A job on Spark, as EMR Serverless bills it. */
export const sparkUsage = ({ task, vcpu, memory_gb, disk_gb }: SparkJob): Usage[] => [
  { price: 'emrCpu', quantity: vcpu, what: `${task} on Spark` },
  { price: 'emrMemory', quantity: memory_gb, what: `${task} on Spark` },
  { price: 'emrDisk', quantity: disk_gb, what: `${task} on Spark` },
];
