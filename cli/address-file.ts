import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What other commands ask a local pipeline for; the file in its data directory has this name. */
export type AddressName = 'console-url' | 'events-endpoint' | 'warehouse-url';

const addressFile = (dataDirectory: string, name: AddressName): string => path.join(dataDirectory, name);

/** Saves an address, which contains a token or a key. Only this user can read it. */
export async function saveAddress(dataDirectory: string, name: AddressName, text: string): Promise<void> {
  // Created again, as an existing file would keep its permissions.
  await removeAddress(dataDirectory, name);
  await writeFile(addressFile(dataDirectory, name), `${text}\n`, { mode: 0o600, flag: 'wx' });
}

export function removeAddress(dataDirectory: string, name: AddressName): Promise<void> {
  return rm(addressFile(dataDirectory, name), { force: true });
}

/** Empty if no pipeline saved it. After a kill it may be that of a pipeline that no longer runs. */
export async function readAddress(dataDirectory: string, name: AddressName): Promise<string> {
  const text = await readFile(addressFile(dataDirectory, name), 'utf8').catch(() => '');
  return text.trim();
}
