import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

export const corsSchema = z.strictObject({
  AllowOrigins: z.array(z.string()).default([]),
  AllowMethods: z.array(z.string()).default([]),
  AllowHeaders: z.array(z.string()).default([]),
  ExposeHeaders: z.array(z.string()).default([]),
  AllowCredentials: z.boolean().default(false),
  MaxAge: z.number().optional(),
});
export type CorsConfiguration = z.infer<typeof corsSchema>;

export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && 'access-control-request-method' in headers;

/** The headers of a response to a request; none for an origin that is not allowed. */
export function corsHeaders(cors: CorsConfiguration, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
  if (allowed === undefined) return {};
  return {
    'access-control-allow-origin': allowed,
    ...(allowed !== '*' && { vary: 'Origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
    ...(isPreflight(request)
      ? preflightHeaders(cors)
      : list('access-control-expose-headers', cors.ExposeHeaders)),
  };
}

function preflightHeaders(cors: CorsConfiguration): Record<string, string> {
  return {
    ...list('access-control-allow-methods', cors.AllowMethods),
    ...list('access-control-allow-headers', cors.AllowHeaders),
    ...(cors.MaxAge !== undefined && { 'access-control-max-age': String(cors.MaxAge) }),
  };
}

const list = (name: string, values: readonly string[]): Record<string, string> =>
  values.length > 0 ? { [name]: values.join(',') } : {};

/** Besides origins, a configuration can have `*`, `http://*` and `https://*`. */
function allowedOrigin({ AllowOrigins }: CorsConfiguration, origin: string): string | undefined {
  if (AllowOrigins.includes('*')) return '*';
  const matches = (allowed: string) =>
    allowed === origin || (/^https?:\/\/\*$/.test(allowed) && origin.startsWith(allowed.slice(0, -1)));
  return AllowOrigins.some(matches) ? origin : undefined;
}
