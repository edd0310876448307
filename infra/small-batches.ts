import { Size } from 'aws-cdk-lib';
import type { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Architecture,
  type CfnFunction,
  DockerImageCode,
  DockerImageFunction,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { allowNetwork } from './function-network';
import { functionRole } from './function-role';
import { awaitRights } from './service-role';
import {
  grantTask,
  type OfTasks,
  ofTasks,
  type TaskSettings,
  taskVariables,
  type WorkflowTask,
} from './task-rights';
import { TASK_FUNCTION_TIMEOUT } from './timeouts';

/** What a small batch is, and what its tasks are given. */
export interface SmallBatchSize {
  /** A batch of fewer bytes, as its files lie in S3, is small; 0: none is. */
  readonly bytes: number;
  /** MB of 1,048,576 bytes; 1,769 are one core. */
  readonly memoryMb: number;
  /** MB of /tmp; the first 512 are free. */
  readonly diskMb: number;
}

/**
 * docs/cost.md has the arithmetic of the bytes: CSV packs to an eighth, and only a batch of more than twice that much costs
 * the same on Fargate. New accounts are given functions of up to 3,008 MB.
 */
export const DEFAULT_SMALL_BATCH: SmallBatchSize = { bytes: 100_000_000, memoryMb: 2048, diskMb: 4096 };

interface SmallBatchesProps extends TaskSettings {
  readonly names: ResourceNames;
  readonly image: DockerImageAsset;
  readonly size: SmallBatchSize;
}

/** The tasks of the workflow as functions, of the very image that Fargate runs: they start in seconds, not in a minute. */
export class SmallBatches extends Construct {
  readonly functions: OfTasks<DockerImageFunction>;

  constructor(scope: Construct, id: string, props: SmallBatchesProps) {
    super(scope, id);
    const { names, bucket, image, size } = props;
    const define = (task: WorkflowTask): DockerImageFunction => {
      const { role, logGroup } = functionRole(this, task);
      grantTask(task, role, props);
      const inVpc = task === 'load' ? props.warehouse?.network : undefined;
      if (inVpc) allowNetwork(role);
      const defined = new DockerImageFunction(this, task, {
        functionName: names.taskFunction(task),
        description: `The task ${task} of batches below ${size.bytes.toLocaleString('en-US')} bytes`,
        code: DockerImageCode.fromEcr(image.repository, {
          tagOrDigest: image.imageTag,
          entrypoint: ['node'],
          cmd: [`${task}.cjs`],
        }),
        role,
        logGroup,
        architecture: Architecture.ARM_64,
        memorySize: size.memoryMb,
        ephemeralStorageSize: Size.mebibytes(size.diskMb),
        timeout: TASK_FUNCTION_TIMEOUT,
        tracing: Tracing.ACTIVE,
        environment: {
          BUCKET_NAME: bucket.bucketName,
          MEMORY_LIMIT_MB: String(size.memoryMb),
          METRICS_SERVICE: names.metricsService,
          // The image has another, which no function could write to.
          TMPDIR: '/tmp',
          ...taskVariables(task, props),
        },
        ...inVpc,
      });
      if (inVpc) awaitRights(defined.node.defaultChild as CfnFunction, role);
      return defined;
    };
    this.functions = ofTasks(props, define);
  }
}
