import { App } from 'aws-cdk-lib';
import { readContractFolders } from '../catalog/contract-folder';
import { useContracts } from '../catalog/contracts-in-use';
import { deploymentMarts, eventMarts } from '../catalog/deployment-marts';
import { INCLUDED } from '../catalog/included-contracts';
import { useMarts } from '../catalog/marts-in-use';
import { requireMartSql } from '../tasks/refresh/check-marts';
import { requireSourceSql } from '../tasks/validate/mapping/check-sources';
import { readContext } from './context';

/** The CDK app; docs/configuration.md describes its context values. */
async function synthesize(): Promise<void> {
  const app = new App({ analyticsReporting: false });
  const { contracts = [], marts = [], withoutMarts: left = [], ...props } = readContext(app.node);
  const read = readContractFolders(contracts, INCLUDED);
  if (contracts.length > 0) useContracts(read);
  const withoutMarts = props.events ? left : [...left, ...eventMarts(read.contracts)];
  const martSet = deploymentMarts({ marts, withoutMarts }, read.contracts);
  if (marts.length + withoutMarts.length > 0) useMarts(martSet);
  // Loaded only now, with a catalog of these contracts and marts.
  const { catalog } = await import('../catalog/catalog');
  if (contracts.length > 0) await requireSourceSql(catalog);
  if (marts.length > 0) await requireMartSql(catalog, martSet.folders);
  const { DaybookStack } = await import('./daybook-stack');
  new DaybookStack(app, `${props.prefix}Daybook`, props);
  app.synth();
}

synthesize().catch((error: Error) => {
  process.stderr.write(`${error.name === 'Error' ? error.stack : error.message}\n`);
  process.exitCode = 1;
});
