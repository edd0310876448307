import { useSearchParams } from 'wouter';

/** Parameters of the page's address; undefined for one that is missing. */
export interface Address {
  get(name: string): string | undefined;
  /** Keeps the other parameters; undefined and '' delete one. */
  set(values: Readonly<Record<string, string | undefined>>): void;
}

/** A parameter of the page's address; for what is asked for before the page is drawn. */
export const inAddress = (name: string): string | undefined =>
  new URLSearchParams(location.search).get(name) ?? undefined;

/** What a page shows, from its address, so that it can be linked to and reloaded. */
export function useAddress(): Address {
  const [, setSearch] = useSearchParams();
  // The router tells of changes, but decodes the address once too often, which changes a value with a percent sign.
  return {
    get: inAddress,
    set: (values) =>
      setSearch(() => {
        const params = new URLSearchParams(location.search);
        for (const [name, value] of Object.entries(values)) {
          if (value === undefined || value === '') params.delete(name);
          else params.set(name, value);
        }
        return params;
      }),
  };
}
