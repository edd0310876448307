import { boundedCache } from '../bounded-cache';

/** What the address of a page says. */
export interface Page {
  /** In lower case, without `www.`; undefined for a relative address. */
  readonly host: string | undefined;
  readonly path: string;
  /** Of the query, and of the fragment where that has one, by name in lower case. */
  readonly parameter: (name: string) => string | undefined;
  readonly clickId: string | undefined;
}

/** Parameters with which advertisers mark a click, the most telling first. */
export const CLICK_IDS = [
  'gclid',
  'gbraid',
  'wbraid',
  'dclid',
  'msclkid',
  'fbclid',
  'ttclid',
  'twclid',
  'li_fat_id',
  'epik',
  'sccid',
  'rdt_cid',
  'yclid',
  'irclickid',
  'awc',
] as const;

const MAX_PAGES = 10_000;

/** Reads the address of a page, absolute or relative to its site; undefined if it is neither. */
export const readPage = boundedCache(MAX_PAGES, read);

function read(address: string): Page | undefined {
  const isRelative = /^[/?]/.test(address) && !address.startsWith('//');
  const url = urlOf(isRelative ? `https://relative.invalid${address}` : address);
  if (!url) return undefined;
  const values = parametersOf(url);
  return {
    host: isRelative ? undefined : withoutWww(url.hostname),
    path: url.pathname === '' ? '/' : url.pathname,
    parameter: (name) => values?.get(name),
    clickId: values && CLICK_IDS.find((name) => values.has(name)),
  };
}

export const withoutWww = (host: string): string => (host.startsWith('www.') ? host.slice(4) : host);

/** A path that was given may have a query. */
export const withoutQuery = (path: string | undefined): string | undefined => path?.replace(/[?#].*$/s, '');

const SCHEME = /^[a-z][a-z\d+.-]*:/i;

function urlOf(address: string): URL | undefined {
  const absolute = address.startsWith('//') ? `https:${address}` : address;
  const url = tried(SCHEME.test(absolute) ? absolute : `https://${absolute}`);
  return url?.hostname.includes('.') || url?.hostname === 'localhost' ? url : undefined;
}

function tried(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}

function parametersOf({ search, hash }: URL): ReadonlyMap<string, string> | undefined {
  const inHash =
    hash.indexOf('?') < 0 ? (hash.includes('utm_') ? hash.slice(1) : '') : hash.slice(hash.indexOf('?') + 1);
  if (search === '' && inHash === '') return undefined;
  const values = new Map<string, string>();
  for (const query of [search, inHash]) {
    for (const [name, value] of new URLSearchParams(query)) {
      const key = name.toLowerCase();
      if (value !== '' && !values.has(key)) values.set(key, value);
    }
  }
  return values;
}
