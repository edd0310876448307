import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { CONTEXT_NAMES } from '../../infra/context';
import { packagePath } from '../../package-path';

const scripts = Object.keys(JSON.parse(readFileSync(packagePath('package.json'), 'utf8')).scripts);
const read = (name: string) => readFileSync(packagePath(name), 'utf8');
const inFolder = (folder: string, end: string) =>
  readdirSync(packagePath(folder)).flatMap((name) => (name.endsWith(end) ? [`${folder}/${name}`] : []));
const pages = ['README.md', 'packages/local-aws/README.md', ...inFolder('docs', '.md')];
const commands = inFolder('cli', '.ts').flatMap((name) =>
  [...read(name).matchAll(/new Command\('(\w+)'\)/g)].map(([, command = '']) => command),
);

/** As GitHub makes them of a page's headings. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('%s names context values, scripts, commands, files and sections that there are', (name) => {
  const text = read(name);
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
  const unknown = [
    ...all(/ -c (\w+)=/g).filter((one) => !(CONTEXT_NAMES as string[]).includes(one)),
    ...all(/npm run ([\w:-]+)/g).filter((one) => !scripts.includes(one)),
    ...all(/\]\(([\w./-]+)\)/g).filter((one) => !existsSync(packagePath(path.dirname(name), one))),
    ...all(/`((?:\.github|tasks|infra|cost|domain|packages|lake|state-machine|test)\/[\w./-]+)`/g).filter(
      (one) => !existsSync(packagePath(one)) && !existsSync(packagePath(`${one}.ts`)),
    ),
    ...all(/npx daybook ([a-z]+)/g).filter((one) => !commands.includes(one)),
    ...all(/\]\(([\w./-]*\.md#[\w-]+|#[\w-]+)\)/g).filter((link) => {
      const [file = '', anchor = ''] = link.split('#');
      return !anchorsOf(file === '' ? name : path.join(path.dirname(name), file)).includes(anchor);
    }),
  ];
  expect(unknown).toEqual([]);
});

interface Role {
  readonly Properties: {
    readonly ManagedPolicyArns?: unknown;
    readonly AssumeRolePolicyDocument: { readonly Statement: Statement[] };
    readonly Policies: { readonly PolicyDocument: { readonly Statement: Statement[] } }[];
  };
}
interface Statement {
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: { readonly StringEquals: Record<string, string> };
}

describe('the roles for GitHub', () => {
  // CloudFormation's own tags (!Sub, !If) come as what they are of.
  const template = parse(readFileSync(packagePath('.github', 'oidc-roles.yml'), 'utf8'), {
    logLevel: 'silent',
  });
  const role = (name: string): Role['Properties'] => template.Resources[name].Properties;
  const rights = (name: string) =>
    role(name).Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

  test.each([
    ['DeployRole', `environment:\${Environment}`],
    ['DiffRole', 'pull_request'],
  ])('%s is for this repository’s %s alone, by tokens made for AWS', (name, subject) => {
    for (const { Action, Condition } of role(name).AssumeRolePolicyDocument.Statement) {
      expect(Action).toBe('sts:AssumeRoleWithWebIdentity');
      expect(Condition).toEqual({
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': `repo:\${Repository}:${subject}`,
        },
      });
    }
    expect(role(name).ManagedPolicyArns).toBeUndefined();
  });

  test('who deploys takes the roles of cdk bootstrap, and has no right besides', () => {
    expect(rights('DeployRole').flatMap(({ Action }) => Action)).toEqual(['sts:AssumeRole']);
    for (const resource of rights('DeployRole').flatMap(({ Resource }) => Resource))
      expect(resource).toMatch(
        /:role\/cdk-\$\{Qualifier\}-[a-z-]+-role-\$\{AWS::AccountId\}-\$\{AWS::Region\}$/,
      );
  });

  test('a pull request reads the template of one stack', () => {
    const [statement, ...others] = rights('DiffRole');
    expect(others).toEqual([]);
    expect(statement?.Action).toEqual(['cloudformation:DescribeStacks', 'cloudformation:GetTemplate']);
    expect(statement?.Resource).toMatch(/:stack\/\$\{StackName\}\/\*$/);
  });
});
