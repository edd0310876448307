import { boundedCache } from '../bounded-cache';
import { type SiteClass, siteOf, sourceClass } from './referrer';

/** Where a visit came from, as far as one event tells. */
export interface Traffic {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string | null;
  readonly channel: string;
}

/** Written where an event tells nothing: the address was typed, or the page before was of the same site. */
export const DIRECT: Traffic = { source: '(direct)', medium: '(none)', campaign: null, channel: 'Direct' };

/** Clicks on advertisements that have no UTM parameters. */
const CLICK_SOURCES: Readonly<Record<string, readonly [string, string]>> = {
  gclid: ['google', 'cpc'],
  gbraid: ['google', 'cpc'],
  wbraid: ['google', 'cpc'],
  dclid: ['google', 'display'],
  msclkid: ['bing', 'cpc'],
};

export interface TrafficSigns {
  readonly utmSource: string | undefined;
  readonly utmMedium: string | undefined;
  readonly utmCampaign: string | undefined;
  readonly clickId: string | undefined;
  /** Of another site. */
  readonly referrerHost: string | undefined;
}

const NO_MEDIUM = '(not set)';

/** The first of: UTM parameters, the id of a click on an advertisement, the referrer, direct. */
export function trafficOf({
  utmSource,
  utmMedium,
  utmCampaign,
  clickId,
  referrerHost,
}: TrafficSigns): Traffic {
  if (!utmSource && !utmMedium && !utmCampaign) {
    const click = clickId === undefined ? undefined : CLICK_SOURCES[clickId];
    if (click) return traffic(click[0], click[1], null);
    if (referrerHost === undefined) return DIRECT;
    const site = siteOf(referrerHost);
    return traffic(site.source, site.class === 'search' ? 'organic' : 'referral', null);
  }
  return traffic(utmSource ?? NO_MEDIUM, utmMedium ?? NO_MEDIUM, utmCampaign ?? null);
}

const traffic = (source: string, medium: string, campaign: string | null): Traffic => ({
  source,
  medium,
  campaign,
  channel: channelOf(source, medium, campaign),
});

interface Signs {
  readonly site: SiteClass;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

const PAID = /^(.*cp.*|ppc|retargeting|paid.*)$/;
const SHOPPING = /^(.*(([^a-df-z]|^)shop|shopping).*)$/;
const isPaid = ({ medium }: Signs) => PAID.test(medium);
const isShopping = ({ site, campaign }: Signs) => site === 'shopping' || SHOPPING.test(campaign);
const isOneOf = (text: string, ...texts: string[]) => texts.includes(text);
const EMAIL = ['email', 'e-mail', 'e_mail', 'e mail'];

/**
 * The rules of GA4's default channel group for traffic that campaigns are tagged for by hand, in Google's order; the first that
 * holds decides. All texts are in lower case. https://support.google.com/analytics/answer/9756891
 */
const CHANNELS: readonly (readonly [string, (signs: Signs) => boolean])[] = [
  ['Direct', ({ source, medium }) => source === '(direct)' && isOneOf(medium, '(not set)', '(none)')],
  ['Cross-network', ({ campaign }) => campaign.includes('cross-network')],
  ['Paid Shopping', (signs) => isShopping(signs) && isPaid(signs)],
  ['Paid Search', (signs) => signs.site === 'search' && isPaid(signs)],
  ['Paid Social', (signs) => signs.site === 'social' && isPaid(signs)],
  ['Paid Video', (signs) => signs.site === 'video' && isPaid(signs)],
  ['Display', ({ medium }) => isOneOf(medium, 'display', 'banner', 'expandable', 'interstitial', 'cpm')],
  ['Paid Other', isPaid],
  ['Organic Shopping', isShopping],
  [
    'Organic Social',
    ({ site, medium }) =>
      site === 'social' ||
      isOneOf(medium, 'social', 'social-network', 'social-media', 'sm', 'social network', 'social media'),
  ],
  ['Organic Video', ({ site, medium }) => site === 'video' || medium.includes('video')],
  ['Organic Search', ({ site, medium }) => site === 'search' || medium === 'organic'],
  ['Referral', ({ medium }) => isOneOf(medium, 'referral', 'app', 'link')],
  ['Email', ({ source, medium }) => EMAIL.includes(source) || EMAIL.includes(medium)],
  ['Affiliates', ({ medium }) => medium === 'affiliate'],
  ['Audio', ({ medium }) => medium === 'audio'],
  ['SMS', ({ source, medium }) => source === 'sms' || medium === 'sms'],
  [
    'Mobile Push Notifications',
    ({ source, medium }) =>
      medium.endsWith('push') ||
      medium.includes('mobile') ||
      medium.includes('notification') ||
      source === 'firebase',
  ],
];

/** The names of all channels. */
export const CHANNEL_NAMES: readonly string[] = [...CHANNELS.map(([name]) => name), 'Unassigned'];

const MAX_SOURCES = 10_000;

/** Between the parts of a key; no tag has it. */
const SEPARATOR = '\n';

const known = boundedCache(MAX_SOURCES, (key: string) => {
  const [source = '', medium = '', campaign = ''] = key.split(SEPARATOR);
  const signs = { site: sourceClass(source), source, medium, campaign };
  return CHANNELS.find(([, holds]) => holds(signs))?.[0] ?? 'Unassigned';
});

/** @param campaign null if there is none */
export const channelOf = (source: string, medium: string, campaign: string | null): string =>
  known(
    [source, medium, campaign ?? '']
      .map((text) => text.toLowerCase().replaceAll(SEPARATOR, ' '))
      .join(SEPARATOR),
  );
