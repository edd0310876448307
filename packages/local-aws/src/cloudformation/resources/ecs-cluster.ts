import { z } from 'zod';
import { resourceType } from '../resource';

const propertiesSchema = z.object({ ClusterName: z.string().optional() });

export const ecsCluster = resourceType(
  'AWS::ECS::Cluster',
  propertiesSchema,
  (request, { place, services }) => {
    const name = request.properties.ClusterName ?? request.defaultName;
    services.tasks.registerCluster(name);
    return { ref: name, attributes: { Arn: `arn:aws:ecs:${place.region}:${place.account}:cluster/${name}` } };
  },
);
