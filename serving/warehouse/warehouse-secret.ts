import { z } from 'zod';
import { jsonOrUndefined } from '../../domain/json';
import { WarehouseError } from './errors';

/** What RDS and people write into a secret of a database. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
const accountSchema = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().positive().optional(),
  dbname: z.string().min(1).optional(),
});

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
    const { username, password, host, port = 5432, dbname = 'postgres' } = account.data;
    const place =
      server ?? (host === undefined ? undefined : `${host}:${port}/${encodeURIComponent(dbname)}`);
    if (place !== undefined)
      return `postgres://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${place}`;
  }
  throw new WarehouseError(
    `secret ${secret}: expected postgres://user:password@host:port/database, or JSON with username, password, host, port and dbname; set it with aws secretsmanager put-secret-value`,
  );
}
