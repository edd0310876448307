import { judgePseudonymKey } from '../../../operations/doctor/checks/pseudonym-key';

const NAME = 'dev-Daybook-Pseudonyms';

test('a secret that exists is fine', () => {
  expect(judgePseudonymKey(NAME, {})).toEqual({ status: 'ok', message: `${NAME} exists`, remedy: null });
});

test('a secret that will be deleted can be restored', () => {
  expect(judgePseudonymKey(NAME, { DeletedDate: new Date('2026-12-01T00:00:00Z') })).toMatchObject({
    status: 'failed',
    message: `${NAME} will be deleted at 2026-12-01T00:00:00.000Z`,
    remedy: `aws secretsmanager restore-secret --secret-id ${NAME}`,
  });
});

test('a secret that does not exist stops files with values to replace', () => {
  expect(judgePseudonymKey(NAME, undefined)).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining('docs/'),
  });
});
