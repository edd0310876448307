import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

/**
 * Security headers: no other origin can be loaded from, framed by, sent to, or receive a referrer. Styles set by our own script
 * are allowed; inline styles and scripts in markup are not.
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

/** Sets {@link HEADERS} on every response, including errors. */
export const withHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
};

/**
 * Responds 421 to a request for any host other than the loopback address, against DNS rebinding: a website whose name resolves
 * to this computer gets no data.
 */
export const onLoopbackOnly: MiddlewareHandler = async (context, next) => {
  const { hostname } = new URL(context.req.url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return context.text('Not this host.\n', 421);
  return next();
};

/**
 * Requires the token as `Authorization: Bearer`, which a page of another origin does not know and the browser never adds by
 * itself, and rejects requests with another origin. Responds 401 or 403 otherwise.
 */
export function withToken(token: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${token}`);
  return async (context, next) => {
    const origin = context.req.header('Origin');
    if (origin !== undefined && origin !== new URL(context.req.url).origin) {
      return context.json({ error: 'requests from another origin are not allowed' }, 403);
    }
    const given = Buffer.from(context.req.header('Authorization') ?? '');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return context.json({ error: 'the token is missing or invalid' }, 401);
    }
    return next();
  };
}
