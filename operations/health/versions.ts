import { createHash } from 'node:crypto';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { catalog } from '../../catalog/catalog';
import { version } from '../../package.json';
import type { Deployment } from '../deployment';
import type { OpenLake } from '../lake/reader';

/** Characters of a hash. */
const REVISION = 12;

/** The versions in use. The state machine's revision is the one AWS assigns, or else a hash of its definition. */
export async function readVersions({ sfn, stateMachineArn }: Deployment, { snapshots }: OpenLake) {
  const [machine, ...found] = await Promise.all([
    sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
    ...catalog.tables.map(({ location }) => snapshots.newest(location)),
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
    tables: catalog.tables.flatMap(({ name }, index) => {
      const snapshot = found[index];
      return snapshot ? [{ name, version: snapshot.version }] : [];
    }),
  };
}
