import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  Name: z.string().optional(),
  Type: z.string().regex(/^spark$/i, 'expected SPARK: no other applications run locally'),
  ReleaseLabel: z.string(),
});

/** The hash of an asset of the CDK is the name of its object. */
const ASSET = /\/([0-9a-f]{64})\.\w+$/;

export const emrServerlessApplication = resourceType(
  'AWS::EMRServerless::Application',
  propertiesSchema,
  ({ properties, defaultName, where }, { place, services, assets }) => {
    const name = properties.Name ?? defaultName;
    // The same at every start.
    const id = `00f${createHash('sha256').update(name).digest('hex').slice(0, 13)}`;
    const arn = `arn:aws:emr-serverless:${place.region}:${place.account}:/applications/${id}`;
    const assetOf = (uri: string) => {
      const [, hash] = ASSET.exec(uri) ?? [];
      try {
        return hash === undefined ? undefined : assets.file(hash, where);
      } catch (error) {
        if (error instanceof TemplateError) return undefined;
        throw error;
      }
    };
    services.emrServerless.register({ id, arn, name, releaseLabel: properties.ReleaseLabel, assetOf });
    return { ref: id, attributes: { ApplicationId: id, Arn: arn } };
  },
);
