import { WarehouseError } from './errors';

/**
 * The address of a warehouse in the text of its secret: `postgres://user:password@host:port/database`.
 * @param secret the name or ARN of the secret, for messages
 * @throws WarehouseError if the text is none; it does not quote the text
 */
export function warehouseAddress(text: string, secret: string): string {
  const address = text.trim();
  if (/^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return address;
  throw new WarehouseError(
    `secret ${secret}: expected postgres://user:password@host:port/database; set it with aws secretsmanager put-secret-value`,
  );
}
