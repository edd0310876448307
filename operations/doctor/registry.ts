import type { AccountCheck, DeploymentCheck } from './check';
import { alarms } from './checks/alarms';
import { bootstrap } from './checks/bootstrap';
import { containerEngine } from './checks/container-engine';
import { deadLetters } from './checks/dead-letters';
import { ecsRole } from './checks/ecs-role';
import { existingResources } from './checks/existing-resources';
import { fargateVcpus } from './checks/fargate-vcpus';
import { functionMemory } from './checks/function-memory';
import { lambdaConcurrency } from './checks/lambda-concurrency';
import { notification } from './checks/notification';
import { pseudonymKey } from './checks/pseudonym-key';
import { queuePolicy } from './checks/queue-policy';
import { schedules } from './checks/schedules';
import { sparkVcpus } from './checks/spark-vcpus';
import { stackStatus } from './checks/stack-status';
import { storedTables } from './checks/stored-tables';
import { subscriptions } from './checks/subscriptions';
import { vpcs } from './checks/vpcs';
import { zones } from './checks/zones';

/** Can the stack be deployed to the account? In the order of the output. */
export const ACCOUNT_CHECKS: readonly AccountCheck[] = [
  containerEngine,
  bootstrap,
  stackStatus,
  existingResources,
  ecsRole,
  lambdaConcurrency,
  functionMemory,
  fargateVcpus,
  sparkVcpus,
  vpcs,
  zones,
];

/** Does a stack that exists work? */
export const DEPLOYMENT_CHECKS: readonly DeploymentCheck[] = [
  notification,
  queuePolicy,
  schedules,
  alarms,
  deadLetters,
  subscriptions,
  pseudonymKey,
  storedTables,
];
