import { createHash } from 'node:crypto';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { KPI_TABLES, STAGING_TABLES } from '../../catalog/tables';
import { version } from '../../package.json';
import type { Deployment } from '../deployment';
import type { OpenLake } from '../lake/reader';

/** Characters of a hash. */
const REVISION = 12;

/** What runs here and there. The state machine's revision is AWS's, or a hash of its definition where there is none. */
export async function readVersions({ sfn, stateMachineArn }: Deployment, { snapshots }: OpenLake) {
  const specs = [...Object.values(STAGING_TABLES), ...Object.values(KPI_TABLES)];
  const [machine, ...found] = await Promise.all([
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    ...specs.map(({ location }) => snapshots.newest(location)),
  ]);
  const hash = createHash('sha256')
    .update(machine.definition ?? '')
    .digest('hex');
  return {
    daybook: version,
    node: process.version,
    state_machine: {
      revision: machine.revisionId ?? hash.slice(0, REVISION),
      changed_at: machine.creationDate?.toISOString() ?? null,
    },
    tables: specs.flatMap(({ name }, index) => {
      const snapshot = found[index];
      return snapshot ? [{ name, version: snapshot.version }] : [];
    }),
  };
}
