import { z } from 'zod';

/** A request of an AWS service that a resource's policy decides on. */
export interface ServiceRequest {
  /** `s3.amazonaws.com` */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

const listSchema = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const statementSchema = z.object({
  Effect: z.string(),
  Principal: z.union([z.literal('*'), z.record(z.string(), listSchema)]),
  Action: listSchema,
  Resource: listSchema,
  Condition: z.record(z.string(), z.record(z.string(), listSchema)).default({}),
});
const policySchema = z.object({ Statement: z.array(z.unknown()) });
type Statement = z.infer<typeof statementSchema>;

/**
 * Decides on a request by the policy of its resource. Services send over HTTPS. A statement with other elements or conditions than
 * those of our templates does not apply.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(policy: string, request: ServiceRequest): 'allowed' | 'denied' | 'none' {
  const effects = policySchema
    .parse(JSON.parse(policy))
    .Statement.flatMap((statement) => statementSchema.safeParse(statement).data ?? [])
    .filter((statement) => applies(statement, request))
    .map(({ Effect }) => Effect);
  if (effects.includes('Deny')) return 'denied';
  return effects.includes('Allow') ? 'allowed' : 'none';
}

function applies({ Principal, Action, Resource, Condition }: Statement, request: ServiceRequest): boolean {
  const services = Principal === '*' ? ['*'] : [...(Principal.Service ?? []), ...everyone(Principal.AWS)];
  return (
    services.some((service) => service === '*' || service === request.service) &&
    Action.some((action) => matches(action.toLowerCase(), request.action.toLowerCase())) &&
    Resource.some((resource) => matches(resource, request.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, key, values, request)),
    )
  );
}

const everyone = (principals: readonly string[] = []): string[] =>
  principals.filter((principal) => principal === '*');

const EXACT = ['StringEquals', 'Bool'];
const PATTERN = ['ArnEquals', 'ArnLike', 'StringLike'];

function holds(operator: string, key: string, values: readonly string[], request: ServiceRequest): boolean {
  const known: Readonly<Record<string, string>> = {
    'aws:sourcearn': request.sourceArn,
    'aws:sourceaccount': request.sourceAccount,
    'aws:securetransport': 'true',
  };
  const value = known[key.toLowerCase()];
  if (value === undefined) return false;
  if (EXACT.includes(operator)) return values.includes(value);
  return PATTERN.includes(operator) && values.some((pattern) => matches(pattern, value));
}

/** Compares with a pattern in which `*` stands for any characters, and `?` for one. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
