import { useSearchParams } from 'wouter';

/** Parameters of the page's address; undefined for one that is missing. */
export interface Address {
  get(name: string): string | undefined;
  /** Keeps the other parameters; undefined and '' delete one. */
  set(values: Readonly<Record<string, string | undefined>>): void;
}

/** What a page shows, from its address, so that it can be linked to and reloaded. */
export function useAddress(): Address {
  const [, setSearch] = useSearchParams();
  // The router tells of changes, but decodes the address once too often, which changes a value with a percent sign.
  const search = new URLSearchParams(location.search);
  return {
    get: (name) => search.get(name) ?? undefined,
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
