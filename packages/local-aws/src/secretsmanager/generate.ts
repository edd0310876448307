import { randomInt } from 'node:crypto';
import { z } from 'zod';

const optionsSchema = z.strictObject({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  RequireEachIncludedType: z.boolean().default(true),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});

type GenerateOptions = z.infer<typeof optionsSchema>;

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The characters of each included type. */
function typesOf(options: GenerateOptions): string[] {
  const all = [
    options.ExcludeLowercase ? '' : LOWERCASE,
    options.ExcludeUppercase ? '' : LOWERCASE.toUpperCase(),
    options.ExcludeNumbers ? '' : '0123456789',
    options.ExcludePunctuation ? '' : PUNCTUATION,
    options.IncludeSpace ? ' ' : '',
  ];
  const kept = all.map((type) =>
    [...type].filter((one) => !options.ExcludeCharacters.includes(one)).join(''),
  );
  return kept.filter((type) => type !== '');
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
export const generateSchema = optionsSchema
  .refine((options) => typesOf(options).length > 0, 'all characters are excluded')
  .refine(
    (options) => !options.RequireEachIncludedType || options.PasswordLength >= typesOf(options).length,
    'PasswordLength is less than the number of character types that are required',
  );

/** Random text from a cryptographic source; with a template, the template's JSON object with the text under the given key. */
export function generateSecret(options: GenerateOptions): string {
  const types = typesOf(options);
  const alphabet = types.join('');
  const required = options.RequireEachIncludedType ? types : [];
  const characters = Array.from({ length: options.PasswordLength }, (_, at) =>
    pick(required[at] ?? alphabet),
  );
  // The required characters came first.
  for (let at = characters.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [characters[at], characters[other]] = [characters[other] as string, characters[at] as string];
  }
  const text = characters.join('');
  const { SecretStringTemplate: template, GenerateStringKey: key } = options;
  return template === undefined || key === undefined
    ? text
    : JSON.stringify({ ...JSON.parse(template), [key]: text });
}

const pick = (alphabet: string): string => alphabet[randomInt(alphabet.length)] as string;
