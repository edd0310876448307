import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf, remove } from 'local-aws/testing';
import { removeOwnTemplate, templateFor } from '../../cli/own-template';

/** The project's template for a deployment whose orders have pseudonyms in place of users. */
export class PseudonymizingTemplate {
  private constructor(
    private readonly folder: string,
    readonly directory: string,
  ) {}

  static async make(): Promise<PseudonymizingTemplate> {
    const folder = directoryOf();
    const contract = ['extends: orders', 'columns:', '  user_id: { type: text, pseudonymize: true }', ''];
    writeFileSync(path.join(folder, 'orders.yaml'), contract.join('\n'));
    return new PseudonymizingTemplate(
      folder,
      await templateFor({ contracts: [folder], marts: [], withoutMarts: [] }, folder),
    );
  }

  /** With the assets that templates made of it have, so after all that runs on them. */
  async remove(): Promise<void> {
    await removeOwnTemplate(this.folder);
    remove(this.folder);
  }
}
