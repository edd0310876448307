import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { catalog } from '../catalog/catalog';
import { BY_OUTCOME_INDEX } from '../domain/names';
import { plural } from '../domain/plural';
import { namesOf } from '../operations/deployment';
import { packagePath } from '../package-path';
import { contractsOption, martsOption, withoutMartsOption } from './definition-options';
import { wholeNumber } from './numbers';

interface Options {
  readonly out: string;
  readonly schedule: string;
  readonly connection: string;
  readonly hours: number;
  readonly retries: number;
  /** False for none. */
  readonly verify: string | false;
}

const DAG = 'daybook_dag.py';

/** What the DAG reads; the rest of it is the same for every deployment. */
const SETTINGS = 'daybook.json';

export function airflowCommand(): Command {
  return new Command('airflow')
    .description('write a DAG for Airflow that runs the pipeline, and has an asset for every mart')
    .requiredOption('--out <directory>', "a directory among Airflow's DAGs, for this deployment")
    .option('--schedule <schedule>', 'when it runs: a cron expression or preset', '@hourly')
    .option('--connection <id>', "Airflow's connection to AWS", 'aws_default')
    .option('--hours <n>', 'how long a run waits for its files', wholeNumber(1, 168), 6)
    .option(
      '--retries <n>',
      'how often a task is tried again, after five minutes each',
      wholeNumber(0, 10),
      2,
    )
    .option('--verify <command>', 'how a worker calls daybook verify', 'daybook verify')
    .option('--no-verify', 'announce marts without verifying them')
    .addOption(contractsOption())
    .addOption(martsOption())
    .addOption(withoutMartsOption())
    .addHelpText(
      'after',
      `
Writes ${DAG} and ${SETTINGS}, for the deployment of DAYBOOK_PREFIX. Write them again when the marts of the deployment change.
docs/airflow.md has the permissions that the connection needs.

Example:
  $ daybook airflow --out ~/airflow/dags/daybook --schedule '15 5 * * *'`,
    )
    .action(({ out, schedule, connection, hours, retries, verify }: Options) => {
      const names = namesOf(process.env.DAYBOOK_PREFIX);
      const settings = {
        schedule,
        connection,
        hours,
        retries,
        verify: verify || null,
        prefix: names.prefix,
        bucket: names.bucket('{account}', '{region}'),
        orchestrator: names.orchestrator,
        state_machine: names.stateMachine,
        ledger: names.ledgerTable,
        ledger_index: BY_OUTCOME_INDEX,
        marts: catalog.marts.map(({ name }) => ({
          name,
          asset: `${names.prefix}daybook.${name}`,
          location: catalog.martTable(name).location,
        })),
      };
      mkdirSync(out, { recursive: true });
      writeFileSync(path.join(out, SETTINGS), `${JSON.stringify(settings, null, 2)}\n`);
      copyFileSync(packagePath('integrations', 'airflow', DAG), path.join(out, DAG));
      process.stdout.write(`${path.join(out, DAG)}: ${plural(settings.marts.length, 'mart')}\n`);
    });
}
