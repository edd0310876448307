import Bowser from 'bowser';
import { isbot, isbotMatch } from 'isbot';
import { boundedCache } from '../bounded-cache';

/** What the text of a user agent says; null where it does not. */
export interface UserAgent {
  readonly browser: string | null;
  readonly os: string | null;
  readonly deviceType: string | null;
  /** Why it is a program and no person. */
  readonly botReason: string | null;
}

/** A longer text is no browser's. */
const MAX_CHARACTERS = 1000;

const MAX_AGENTS = 20_000;

/** Reads a user agent; kept, as parsing one takes longer than all else about an event. */
export const readUserAgent = boundedCache(MAX_AGENTS, read);

function read(text: string): UserAgent {
  const shown = text.slice(0, MAX_CHARACTERS);
  const parser = Bowser.getParser(shown, true);
  return {
    browser: parser.getBrowserName() || null,
    os: parser.getOSName() || null,
    deviceType: deviceType(parser.getPlatformType(true)) ?? null,
    botReason: isbot(shown) ? `user agent: ${isbotMatch(shown) ?? shown}` : null,
  };
}

const DEVICE_TYPES: Readonly<Record<string, string>> = {
  desktop: 'desktop',
  pc: 'desktop',
  computer: 'desktop',
  web: 'desktop',
  mobile: 'mobile',
  phone: 'mobile',
  smartphone: 'mobile',
  tablet: 'tablet',
  tv: 'tv',
  'smart tv': 'tv',
  smarttv: 'tv',
};

/** A type of device in one word for each, as given or as user agents have it; undefined for no text. */
export function deviceType(written: string | undefined): string | undefined {
  if (!written) return undefined;
  const name = written.toLowerCase();
  return DEVICE_TYPES[name] ?? name;
}
