import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { readContractFolders } from '../../catalog/contract-folder';
import { useContracts } from '../../catalog/contracts-in-use';
import { INCLUDED } from '../../catalog/included-contracts';

/** Synthesizes with a contract that extends that of orders; each in a process's own catalog. */
async function synthesized(...columns: string[]): Promise<Template> {
  const folder = mkdtempSync(path.join(tmpdir(), 'daybook-pseudonym-key-'));
  try {
    writeFileSync(
      path.join(folder, 'orders.yaml'),
      ['extends: orders', 'columns:', ...columns, ''].join('\n'),
    );
    useContracts(readContractFolders([folder], INCLUDED));
    const { synthesize } = await import('./template');
    return synthesize('dev-');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a contract that pseudonymizes adds a secret that outlives the stack, and that only validate reads', async () => {
  const template = await synthesized('  user_id: { type: text, pseudonymize: true }');
  const secrets = template.findResources('AWS::SecretsManager::Secret');
  const [[id, secret] = ['', undefined]] = Object.entries(secrets);
  expect(Object.keys(secrets)).toHaveLength(1);
  expect(secret).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Name: 'dev-Daybook-Pseudonyms',
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    },
  });

  const allowed = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.PolicyDocument.Statement.filter(({ Action }: { Action: string | string[] }) =>
      [Action].flat().some((action) => action.startsWith('secretsmanager:')),
    ).map((statement: object) => ({
      ...statement,
      roles: Properties.Roles.map(({ Ref }: { Ref: string }) => Ref),
    })),
  );
  expect(allowed).toEqual(
    ['Tasks', 'SmallBatches'].map((where) => ({
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: { Ref: id },
      roles: [expect.stringMatching(new RegExp(`^${where}validaterole`))],
    })),
  );

  const variable = { PSEUDONYM_SECRET_ARN: { Ref: id } };
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'dev-Pipeline-Task-validate',
    Environment: { Variables: Match.objectLike(variable) },
  });
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({
        Name: 'validate',
        Environment: Match.arrayWith([{ Name: 'PSEUDONYM_SECRET_ARN', Value: { Ref: id } }]),
      }),
    ],
  });
  expect(JSON.stringify(template.toJSON()).match(/PSEUDONYM_SECRET_ARN/g)).toHaveLength(2);
});
