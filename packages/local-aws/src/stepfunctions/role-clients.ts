import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { RoleKeys } from '../iam/iam';
import type { TaskContext } from './integrations/integration';

interface Clients {
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
}

interface RoleClientsOptions {
  readonly endpoint: () => string;
  readonly region: string;
  /** Keys of the state machine's role. @throws CannotAssumeRoleError */
  readonly keysOf: (context: TaskContext) => RoleKeys;
}

/** SDK clients of state machines, one set per role, with the role's credentials. */
export class RoleClients {
  private readonly byRole = new Map<string, Clients>();

  constructor(private readonly options: RoleClientsOptions) {}

  of(context: TaskContext): Clients {
    const known = this.byRole.get(context.roleArn);
    if (known) return known;
    const { endpoint, region, keysOf } = this.options;
    const config = { endpoint: endpoint(), region, credentials: keysOf(context) };
    const clients = { s3: new S3Client(config), sfn: new SFNClient(config), sns: new SNSClient(config) };
    this.byRole.set(context.roleArn, clients);
    return clients;
  }

  destroy(): void {
    for (const clients of this.byRole.values()) {
      for (const client of Object.values(clients)) client.destroy();
    }
  }
}
