/** What an event says between the lines. Each function completes columns of a row whose given columns are set. */

import type { Row } from '../event-row';
import { readPage, withoutQuery } from './page';
import { isSameSite, siteOf } from './referrer';
import { trafficOf } from './traffic';
import { deviceType, readUserAgent } from './user-agent';

const UTM = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] as const;

/** `(direct)`, `(referral)` and others say that nothing was tagged. */
const tag = (text: string | undefined): string | undefined =>
  text === undefined || /^\(.*\)$/.test(text) ? undefined : text;

/** The path, the UTM parameters and the kind of click id, from the address of the page. */
export function enrichPage(row: Row): void {
  const url = row.get('page_url');
  const page = url === undefined ? undefined : readPage(url);
  row.set('page_path', page?.path ?? withoutQuery(row.get('page_path')));
  row.set('click_id', page?.clickId);
  for (const name of UTM) row.set(name, tag(row.get(name)) ?? tag(page?.parameter(name)));
}

/** The site that led here, and what the visit counts as. */
export function enrichTraffic(row: Row): void {
  const pageUrl = row.get('page_url');
  const pageHost = pageUrl === undefined ? undefined : readPage(pageUrl)?.host;
  const referrer = row.get('referrer');
  const host = referrer === undefined ? undefined : readPage(referrer)?.host;
  const isInternal = host !== undefined && pageHost !== undefined && isSameSite(host, pageHost);
  row.set('referrer_host', host);
  if (host !== undefined) row.set('referrer_class', isInternal ? 'internal' : siteOf(host).class);
  const { source, medium, channel } = trafficOf({
    utmSource: row.get('utm_source'),
    utmMedium: row.get('utm_medium'),
    utmCampaign: row.get('utm_campaign'),
    clickId: row.get('click_id'),
    referrerHost: isInternal ? undefined : host,
  });
  row.set('traffic_source', source);
  row.set('traffic_medium', medium);
  row.set('channel', channel);
}

export interface Agent {
  /** The user agent that the event names. */
  readonly ofEvent: string | undefined;
  /** That of the request that brought it. */
  readonly ofRequest: string | undefined;
  /** What the sender says about it. */
  readonly isBot: string | undefined;
}

/** A request of a browser is that of the visitor; programs send events of others, too. */
const BROWSER = /^(?:Mozilla|Opera)\//;

/** Browser, operating system and type of device where not given, and whether a person used it. */
export function enrichAgent(row: Row, { ofEvent, ofRequest = '', isBot = '' }: Agent): void {
  const text = ofEvent ?? (BROWSER.test(ofRequest) ? ofRequest : undefined);
  const agent = text === undefined ? undefined : readUserAgent(text);
  row.set('browser', row.get('browser') ?? agent?.browser);
  row.set('os', row.get('os') ?? agent?.os);
  row.set('device_type', deviceType(row.get('device_type')) ?? agent?.deviceType);
  const reason = agent?.botReason ?? (/^(?:true|1|yes)$/i.test(isBot) ? 'sent as a bot' : undefined);
  row.set('is_bot', String(reason !== undefined));
  row.set('bot_reason', reason);
}
