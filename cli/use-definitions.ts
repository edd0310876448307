import { areIncluded, definitionOptions } from './definition-options';

/**
 * Uses the definitions of a command line in this process, before the modules that read the catalogue are loaded.
 * @returns false if they have faults, which are printed
 */
export async function useDefinitions(args: readonly string[]): Promise<boolean> {
  const options = definitionOptions(args, process.env);
  if (areIncluded(options)) return true;
  const { loadDefinitions } = await import('./load-definitions');
  return loadDefinitions(options);
}
