import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/**
 * What every answer says of itself: nothing from elsewhere is loaded, framed, sent to or told of. Styles that scripts set on
 * elements are allowed, as they come from our own script; a style or script in markup is not.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
export const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** Sets {@link HEADERS} on every answer, errors too. */
export const withHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
};

/**
 * Answers 421 to a request that names another host than the loopback address: a page of another name that resolves to this
 * computer (DNS rebinding) gets nothing.
 */
export const onLoopbackOnly: MiddlewareHandler = async (context, next) => {
  const { hostname } = new URL(context.req.url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return context.text('Not this host.\n', 421);
  return next();
};

/**
 * Lets through only who sends the token as `Authorization: Bearer`, which no other origin's page knows or can have the
 * browser add by itself, and no request that says it comes from another origin. 401 or 403 otherwise.
 */
export function withToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${token}`);
  return async (context, next) => {
    const origin = context.req.header('Origin');
    if (origin !== undefined && origin !== new URL(context.req.url).origin) {
      return context.json({ error: 'another origin asked' }, 403);
    }
    const given = Buffer.from(context.req.header('Authorization') ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return context.json({ error: 'the token is missing or not that of this console' }, 401);
    }
    return next();
  };
}
