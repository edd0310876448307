import { z } from 'zod';
import { decodeForm } from '../../src/endpoint/form';
import { queryOperation, queryService } from '../../src/endpoint/query-protocol';
import { AwsError } from '../../src/endpoint/service';
import { element } from '../../src/endpoint/xml';
import { Scene } from '../../src/testing/scene';

const scene = new Scene();
afterEach(() => scene.cleanUp());

const service = () =>
  queryService({
    name: 'sns',
    xmlns: 'http://example.org/doc/',
    invalidInput: 'InvalidParameter',
    state: undefined,
    close: async () => {},
    access: { Greet: () => [] },
    denial: { code: 'AuthorizationError', status: 403 },
    operations: {
      Greet: queryOperation({
        input: z.object({ Name: z.string() }),
        run({ Name }) {
          if (Name === 'nobody') throw new AwsError('NotFound', 'nobody is here', 404);
          return { Greeting: `hello ${Name}` };
        },
      }),
    },
  });

async function post(body: string): Promise<{ status: number; body: string }> {
  const { url } = await scene.serve(service());
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20250701/us-east-1/sns/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  return { status: response.status, body: await response.text() };
}

test('a result has its namespace and the request id', async () => {
  const { status, body } = await post('Action=Greet&Version=1&Name=a%20%3C%26%3E');
  expect(status).toBe(200);
  expect(body).toMatch(
    /<GreetResponse xmlns="http:\/\/example.org\/doc\/"><GreetResult><Greeting>hello a &lt;&amp;&gt;<\/Greeting><\/GreetResult><ResponseMetadata><RequestId>[^<]{20,}<\/RequestId><\/ResponseMetadata><\/GreetResponse>$/,
  );
});

test.each([
  ['Action=Greet&Name=nobody', 404, 'NotFound', 'nobody is here'],
  ['Action=Greet', 400, 'InvalidParameter', 'Name'],
  ['Action=Dance', 400, 'InvalidAction', 'the action Dance is not supported locally'],
  ['Action=constructor', 400, 'InvalidAction', 'the action constructor is not supported locally'],
  ['', 400, 'InvalidAction', '(none)'],
])('%s fails with %i %s', async (form, status, code, message) => {
  const answer = await post(form);
  expect(answer.status).toBe(status);
  expect(answer.body).toContain(`<Error><Type>Sender</Type><Code>${code}</Code><Message>`);
  expect(answer.body).toContain(message);
});

test('flattened lists, maps and structures are decoded in index order', () => {
  const form = [
    'L.member.2=b&L.member.10=c&L.member.1=a',
    'M.entry.1.key=k&M.entry.1.value=v',
    'E.entry.1.Name=n&E.entry.1.Value.DataType=String',
    'T=text+with%2Fsigns&X=',
  ].join('&');
  expect(decodeForm(form)).toEqual({
    L: ['a', 'b', 'c'],
    M: [{ key: 'k', value: 'v' }],
    E: [{ Name: 'n', Value: { DataType: 'String' } }],
    T: 'text with/signs',
    X: '',
  });
});

test('values become elements: lists of members, maps of entries, empty for undefined', () => {
  const value = { List: ['a', { B: 1 }], Map: new Map([['k', 'v']]), None: undefined, Odd: 'a\u0000\r"' };
  expect(element('R', value)).toBe(
    '<R><List><member>a</member><member><B>1</B></member></List><Map><entry><key>k</key><value>v</value></entry></Map><Odd>a\uFFFD&#xD;&quot;</Odd></R>',
  );
});
