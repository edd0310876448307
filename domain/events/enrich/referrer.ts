import { getDomain, parse } from 'tldts';
import { boundedCache } from '../bounded-cache';
import { ASSISTANTS, SEARCH_ENGINES, SHOPPING_SITES, SOCIAL_NETWORKS, VIDEO_SITES } from './referrer-hosts';

/** `referral`: a site of none of the other classes. */
export type SiteClass = 'search' | 'social' | 'video' | 'shopping' | 'assistant' | 'referral';

export interface Site {
  readonly class: SiteClass;
  /** What the site is called as a source: `google` for a search engine, otherwise its host. */
  readonly source: string;
}

/** Names by which campaigns call sites that have others. */
const SOURCE_NAMES: Readonly<Record<Exclude<SiteClass, 'referral'>, readonly string[]>> = {
  search: [
    'google',
    'bing',
    'yahoo',
    'duckduckgo',
    'baidu',
    'yandex',
    'ecosia',
    'qwant',
    'naver',
    'seznam',
    'brave',
    'startpage',
    'aol',
    'sogou',
    'daum',
  ],
  social: [
    'facebook',
    'fb',
    'instagram',
    'ig',
    'meta',
    'twitter',
    'x',
    'linkedin',
    'pinterest',
    'reddit',
    'tiktok',
    'snapchat',
    'threads',
    'bluesky',
    'mastodon',
    'whatsapp',
    'telegram',
    'tumblr',
    'quora',
    'vk',
    'weibo',
    'wechat',
    'discord',
    'xing',
    'line',
  ],
  video: ['youtube', 'vimeo', 'twitch', 'dailymotion'],
  shopping: [
    'amazon',
    'ebay',
    'etsy',
    'walmart',
    'aliexpress',
    'idealo',
    'zalando',
    'google_shopping',
    'google-shopping',
    'googleshopping',
  ],
  assistant: ['chatgpt', 'perplexity', 'claude', 'copilot', 'gemini'],
};

const LISTS: readonly (readonly [SiteClass, readonly string[]])[] = [
  ['assistant', ASSISTANTS],
  ['video', VIDEO_SITES],
  ['shopping', SHOPPING_SITES],
  ['social', SOCIAL_NETWORKS],
  ['search', SEARCH_ENGINES],
];

const byHost = new Map<string, SiteClass>(
  LISTS.toReversed().flatMap(([site, hosts]) => hosts.map((host): [string, SiteClass] => [host, site])),
);

const byName = new Map<string, SiteClass>(
  Object.entries(SOURCE_NAMES).flatMap(([site, names]) =>
    names.map((name): [string, SiteClass] => [name, site as SiteClass]),
  ),
);

const MAX_HOSTS = 10_000;

/** What a site is. @param host in lower case, without `www.` */
export const siteOf = boundedCache(MAX_HOSTS, (host: string): Site => {
  const found = classOf(host);
  if (found !== 'search') return { class: found, source: host };
  const { domainWithoutSuffix } = parse(host);
  return { class: found, source: domainWithoutSuffix ?? host };
});

/** The class of a source as campaigns name it: a host, or a name such as `google`. */
export const sourceClass = boundedCache(MAX_HOSTS, (source: string): SiteClass => {
  const name = source.toLowerCase().replace(/^www\./, '');
  return byName.get(name) ?? (name.includes('.') ? classOf(name) : 'referral');
});

/** Search engines have hosts of their own: mail.google.com is none. */
function classOf(host: string): SiteClass {
  const { publicSuffix, domain } = parse(host);
  const own =
    listed(host, publicSuffix) ?? (host.startsWith('m.') ? listed(host.slice(2), publicSuffix) : undefined);
  if (own) return own;
  const outer = domain === null || domain === host ? undefined : listed(domain, publicSuffix);
  return outer === undefined || outer === 'search' ? 'referral' : outer;
}

function listed(host: string, suffix: string | null): SiteClass | undefined {
  const known = byHost.get(host);
  if (known || suffix === null) return known;
  const dot = host.indexOf('.');
  return (
    byHost.get(`${host.slice(0, host.length - suffix.length)}*`) ??
    (dot > 0 && dot <= 3 ? byHost.get(`*${host.slice(dot)}`) : undefined)
  );
}

const domainOf = boundedCache(MAX_HOSTS, (host: string) => getDomain(host) ?? host);

/** True for two hosts of one site: those of one registered domain. */
export const isSameSite = (host: string, other: string): boolean =>
  host === other || domainOf(host) === domainOf(other);
