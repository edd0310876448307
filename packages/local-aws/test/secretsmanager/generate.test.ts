import { generateSchema, generateSecret } from '../../src/secretsmanager/generate';

const generate = (options: object) => generateSecret(generateSchema.parse(options));

test('32 characters by default, with one of each type', () => {
  for (let time = 0; time < 50; time += 1) {
    const text = generate({});
    expect(text).toHaveLength(32);
    for (const type of [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d\s]/]) expect(text).toMatch(type);
  }
});

test('excluded types and characters do not occur', () => {
  expect(generate({ PasswordLength: 400, ExcludePunctuation: true, ExcludeCharacters: 'abc0' })).toMatch(
    /^[d-zA-Z1-9]{400}$/,
  );
});

test('no two are equal', () => {
  expect(new Set(Array.from({ length: 100 }, () => generate({ PasswordLength: 64 }))).size).toBe(100);
});

test('a template gets the text under its key', () => {
  const options = { SecretStringTemplate: '{"user":"shop"}', GenerateStringKey: 'password' };
  expect(JSON.parse(generate(options))).toEqual({ user: 'shop', password: expect.stringMatching(/^.{32}$/) });
});

test('no characters, or fewer than are required, are refused', () => {
  const none = {
    ExcludeLowercase: true,
    ExcludeUppercase: true,
    ExcludeNumbers: true,
    ExcludePunctuation: true,
  };
  expect(() => generate(none)).toThrow('all characters are excluded');
  expect(() => generate({ PasswordLength: 3 })).toThrow('PasswordLength is less');
});
