import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import { contractsInUse } from '../../../catalog/contracts-in-use';
import { contractYaml, findContract, listContracts } from '../../../operations/contracts/list';
import type { Deployment } from '../../../operations/deployment';
import { readLedgerPage } from '../../../operations/files/ledger-pages';
import { findUpload } from '../../../operations/files/rejection';
import { atMost } from '../../../storage/parallel';
import { MAX_CHECKED_BYTES } from '../../api/checks';
import type { ContractDetail, ContractDraft, ContractList, ListedContract } from '../../api/contracts';
import type { FilePage } from '../../api/files';
import { afterSchema, filePage } from '../ledger-cursor';
import { withReceivedFile } from '../received-file';

const PAGE_FILES = 100;

const pageSchema = z.object({ after: afterSchema.optional() });
const nameSchema = z.string().min(1).max(1024);
const uploadSchema = z.object({ key: z.string().min(1).max(2048), upload: z.string().min(1).max(200) });

/** The contracts of this process, the files read by them, and drafts of further ones. */
export function contractsRoutes(deployment: Deployment): Hono<{ Bindings: HttpBindings }> {
  // All rows of a file are read for its draft.
  const oneAtATime = atMost(1);
  const listed = () => listContracts(catalog, contractsInUse().contracts.files);
  return new Hono<{ Bindings: HttpBindings }>()
    .get('/', (context) => context.json<ContractList>({ hash: catalog.contractsHash, contracts: listed() }))
    .get('/definitions/:name', (context) => {
      const name = context.req.param('name');
      const found = findContract(catalog, name);
      return context.json<ContractDetail>({
        listed: listed().find((one) => one.name === name) as ListedContract,
        definition: 'contract' in found ? found.contract : found.source,
        sources: sourcesOf(name),
        yaml: contractYaml(catalog, name),
      });
    })
    .get('/definitions/:name/files', async (context) => {
      const name = context.req.param('name');
      findContract(catalog, name);
      const { after } = pageSchema.parse(context.req.query());
      const request = { text: '', kinds: [name, ...sourcesOf(name)], limit: PAGE_FILES, after };
      // The kind of a file is known once it has been validated, so files that are not in the ledger have none.
      return context.json<FilePage>(filePage(await readLedgerPage(deployment, request, async () => [])));
    })
    .put('/draft', async (context) => {
      const name = nameSchema.parse(context.req.query('name'));
      const { draftFrom } = await import('../../../operations/contracts/draft');
      return withReceivedFile(context.env.incoming, name, async (file) =>
        context.json<ContractDraft>(await oneAtATime(() => draftFrom(file, name))),
      );
    })
    .get('/draft', async (context) => {
      const upload = await findUpload(deployment, uploadSchema.parse(context.req.query()));
      const { draftFromUpload } = await import('../../../operations/contracts/draft');
      const draft = await oneAtATime(() => draftFromUpload(deployment, upload, MAX_CHECKED_BYTES));
      return context.json<ContractDraft>(draft);
    });
}

/** The sources that give rows to a kind. */
const sourcesOf = (kind: string): string[] =>
  catalog.sources.filter(({ maps }) => kind in maps).map(({ name }) => name);
