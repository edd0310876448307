import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { catalog } from '../catalog/catalog';
import { pseudonymizes } from '../domain/contract';
import type { ResourceNames } from '../domain/names';

const KEY_CHARACTERS = 64;

/**
 * The secret with the key of pseudonyms, which AWS generates; undefined if no contract pseudonymizes. It outlives the stack: with
 * another key every value would get another hash.
 */
export function pseudonymKey(scope: Construct, names: ResourceNames): Secret | undefined {
  if (!catalog.contracts.some(pseudonymizes)) return undefined;
  const secret = new Secret(scope, 'PseudonymKey', {
    secretName: names.pseudonymKey,
    description: 'Daybook: the key of pseudonyms. Without it no value gets the same hash again',
    generateSecretString: { passwordLength: KEY_CHARACTERS, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'With another key, rows that are loaded and new rows of the same person would not belong together.',
  });
  return secret;
}
