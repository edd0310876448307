import {
  type AvailabilityZone,
  DescribeAvailabilityZonesCommand,
  DescribeSubnetsCommand,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { type AccountCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';

/**
 * The zones of Fargate in the regions where it is not in all of them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate-Regions.html
 */
const FARGATE_ZONES: Readonly<Record<string, readonly string[]>> = {
  'ap-northeast-1': ['apne1-az1', 'apne1-az2', 'apne1-az4'],
  'cn-north-1': ['cnn1-az1', 'cnn1-az2'],
  'us-west-1': ['usw1-az1', 'usw1-az3'],
};

const OTHER_SUBNETS = '-c vpcId=... -c subnetIds=... with subnets in zones of Fargate';

/** An availability zone. Its name means another zone in another account; its id does not. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** Does Fargate run in the zones of the tasks' subnets? */
export const zones: AccountCheck = {
  id: 'fargate-zones',
  title: 'availability zones',
  async run({ account: { ec2, region }, plan }) {
    const subnets = async (input: {
      SubnetIds?: string[];
      Filters?: { Name: string; Values: string[] }[];
    }) => {
      const { Subnets = [] } = await requires('ec2:DescribeSubnets', () =>
        ec2.send(new DescribeSubnetsCommand(input)),
      );
      return Subnets.map(zoneOfSubnet);
    };
    if (plan.subnetIds) return judgeZones(await subnets({ SubnetIds: [...plan.subnetIds] }), region);
    const [{ AvailabilityZones = [] }, withDefaultSubnet] = await Promise.all([
      requires('ec2:DescribeAvailabilityZones', () =>
        ec2.send(
          new DescribeAvailabilityZonesCommand({
            Filters: [{ Name: 'zone-type', Values: ['availability-zone'] }],
          }),
        ),
      ),
      subnets({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] }),
    ]);
    const chosen = firstZones(AvailabilityZones.map(zoneOf), withDefaultSubnet, plan.zones);
    if (chosen.length < plan.zones) {
      return failed(
        `the template needs ${plan.zones} zones, CloudFormation would find ${chosen.length}: ${namesOf(chosen)}`,
        OTHER_SUBNETS,
      );
    }
    return judgeZones(chosen, region);
  },
};

/**
 * The zones that `Fn::GetAZs` returns, in alphabetical order: those with a default subnet, or all if there is none.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getavailabilityzones.html
 */
export function firstZones(all: readonly Zone[], withDefaultSubnet: readonly Zone[], count: number): Zone[] {
  const names = new Set(withDefaultSubnet.map(({ name }) => name));
  return all
    .filter(({ name }) => names.size === 0 || names.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, count);
}

export function judgeZones(chosen: readonly Zone[], region: string): Finding {
  const allowed = FARGATE_ZONES[region];
  const without = allowed ? chosen.filter(({ id }) => !allowed.includes(id)) : [];
  if (without.length === 0) return ok(namesOf(chosen));
  return failed(`Fargate does not run in ${namesOf(without)}`, OTHER_SUBNETS);
}

const namesOf = (zones: readonly Zone[]): string => zones.map(({ name, id }) => `${name} (${id})`).join(', ');
const zoneOf = ({ ZoneName = '', ZoneId = '' }: AvailabilityZone): Zone => ({ name: ZoneName, id: ZoneId });
const zoneOfSubnet = ({ AvailabilityZone: name = '', AvailabilityZoneId: id = '' }: Subnet): Zone => ({
  name,
  id,
});
