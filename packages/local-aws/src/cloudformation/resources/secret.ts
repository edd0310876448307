import { z } from 'zod';
import { generateSchema, generateSecret } from '../../secretsmanager/generate';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  Name: z.string().optional(),
  Description: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateSchema.optional(),
});

/** A generated value is generated once: later deployments keep it. */
export const secret = resourceType(
  'AWS::SecretsManager::Secret',
  propertiesSchema,
  (request, { services }) => {
    const { secrets, iam } = services;
    const {
      Name = request.defaultName,
      Description,
      SecretString,
      GenerateSecretString,
    } = request.properties;
    if (SecretString !== undefined && GenerateSecretString !== undefined) {
      throw new TemplateError(
        request.where,
        'has both SecretString and GenerateSecretString: keep one of the two',
      );
    }
    const generated = () => (GenerateSecretString ? generateSecret(GenerateSecretString) : '');
    const { arn } = secrets.put(Name, SecretString ?? secrets.find(Name)?.value ?? generated(), Description);
    iam.addResource(arn);
    return { ref: arn, attributes: { Id: arn } };
  },
);
