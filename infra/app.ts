import { App } from 'aws-cdk-lib';
import { readContractFolders } from '../catalog/contract-folder';
import { useContracts } from '../catalog/contracts-in-use';
import { INCLUDED } from '../catalog/included-contracts';
import { requireSourceSql } from '../tasks/validate/mapping/check-sources';
import { readContext } from './context';

/** The CDK app; docs/configuration.md describes its context values. */
async function synthesize(): Promise<void> {
  const app = new App({ analyticsReporting: false });
  const { contracts = [], ...props } = readContext(app.node);
  if (contracts.length > 0) useContracts(readContractFolders(contracts, INCLUDED));
  // Loaded only now, with a catalog of these contracts.
  const { catalog } = await import('../catalog/catalog');
  if (contracts.length > 0) await requireSourceSql(catalog);
  const { DaybookStack } = await import('./daybook-stack');
  new DaybookStack(app, `${props.prefix}Daybook`, props);
  app.synth();
}

synthesize().catch((error: Error) => {
  process.stderr.write(`${error.name === 'Error' ? error.stack : error.message}\n`);
  process.exitCode = 1;
});
