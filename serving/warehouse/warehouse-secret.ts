import { z } from 'zod';
import { jsonOrUndefined } from '../../domain/json';
import { WarehouseError } from './errors';

/** What RDS, Redshift and people write into a secret of a database. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
const accountSchema = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().positive().optional(),
  dbname: z.string().min(1).optional(),
  engine: z.string().optional(),
});

/** What the services use where a secret does not say. */
const DEFAULTS = { port: 5432, dbname: 'postgres' };
const REDSHIFT_DEFAULTS = { port: 5439, dbname: 'dev' };

/**
 * The address of a warehouse in the text of its secret: `postgres://user:password@host:port/database`, or JSON with `username`, `password`,
 * `host`, `port` and `dbname`.
 * @param secret the name or ARN of the secret, for messages
 * @param server `host:port/database`, where JSON has only the account, as the secrets that RDS manages
 * @throws WarehouseError if the text is neither; it does not quote the text
 */
export function warehouseAddress(text: string, secret: string, server?: string): string {
  const address = text.trim();
  if (/^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return address;
  const account = accountSchema.safeParse(jsonOrUndefined(address));
  if (account.success) {
    const { username, password, host, engine } = account.data;
    const defaults = engine === 'redshift' ? REDSHIFT_DEFAULTS : DEFAULTS;
    const { port = defaults.port, dbname = defaults.dbname } = account.data;
    const place =
      server ?? (host === undefined ? undefined : `${host}:${port}/${encodeURIComponent(dbname)}`);
    if (place !== undefined)
      return `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${place}`;
  }
  throw new WarehouseError(
    `secret ${secret}: expected postgres://user:password@host:port/database, or JSON with username, password, host, port and dbname; set it with aws secretsmanager put-secret-value`,
  );
}
