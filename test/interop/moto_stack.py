"""A stack in moto: what moto can deploy of the template, by CloudFormation, the rest through each service's own API."""

import copy
import json
import zipfile

import boto3
from moto_by_api import BY_API
from moto_resolve import Resolver

ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"

# Types that moto's CloudFormation lacks. Those of BY_API are made by the service's API, from the same properties.
LEFT_OUT = {
    "AWS::CloudWatch::Alarm": "made by the API",
    "AWS::ECS::ClusterCapacityProviderAssociations": "made by the API",
    "AWS::S3::BucketPolicy": "made by the API",
    "AWS::SNS::Subscription": "made by the API",
    "AWS::SNS::TopicPolicy": "made by the API",
    "AWS::SQS::QueuePolicy": "made by the API",
    "AWS::Scheduler::Schedule": "made by the API",
}

# Of these types moto's CloudFormation takes properties and forgets them: they are made, and then set by the API.
FORGETS = {
    "AWS::DynamoDB::Table": "point-in-time recovery",
    "AWS::EC2::SecurityGroup": "the ways out",
    "AWS::EC2::Subnet": "addresses of the internet",
    "AWS::EC2::SubnetRouteTableAssociation": "that it is one",
    "AWS::EC2::VPC": "names of hosts",
    "AWS::ECS::TaskDefinition": "all but containers and volumes",
    "AWS::KMS::Key": "that a policy is a text",
    "AWS::S3::Bucket": "all but name and encryption",
    "AWS::StepFunctions::StateMachine": "substitutions, logs and traces",
}


def unsupported(types):
    from moto.cloudformation.parsing import get_model_map

    return {type for type in types if type not in get_model_map()}


class MotoStack:
    """Raises what CloudFormation or a service says against the template."""

    def __init__(self, name, template, directory):
        self.template = template
        self.resources = template["Resources"]
        self.clients = {}
        self._publish_assets(directory)
        reduced = self._reduced(name)
        client = self.client("cloudformation")
        client.create_stack(
            StackName=name,
            TemplateURL=self._upload(f"{name}.json", json.dumps(reduced)),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        [stack] = client.describe_stacks(StackName=name)["Stacks"]
        if stack["StackStatus"] != "CREATE_COMPLETE":
            raise RuntimeError(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
        pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
        made = [one for page in pages for one in page["StackResourceSummaries"]]
        self.physical.update({one["LogicalResourceId"]: one["PhysicalResourceId"] for one in made})
        missing = set(reduced["Resources"]) - {one["LogicalResourceId"] for one in made}
        if missing:
            raise RuntimeError(f"not made: {', '.join(sorted(missing))}")
        for logical_id, resource in self.resources.items():
            by_api = BY_API.get(resource["Type"])
            if by_api:
                by_api(self, self.properties(logical_id), logical_id)

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(service)
        return self.clients[service]

    def properties(self, logical_id):
        """As the template has them, with every reference in place."""
        return self.resolver.resolve(self.resources[logical_id].get("Properties", {}))

    def _reduced(self, name):
        self.physical = {}
        self.resolver = Resolver(name, self.resources, self.physical)
        for logical_id, resource in self.resources.items():
            if resource["Type"] in LEFT_OUT:
                self.physical[logical_id] = self.resolver.name_of(logical_id)
        kept = {id: copy.deepcopy(one) for id, one in self.resources.items() if one["Type"] not in LEFT_OUT}
        for resource in kept.values():
            depends = as_list(resource.get("DependsOn", []))
            if set(depends) - set(self.resources):
                raise KeyError(f"DependsOn {depends}")
            depends = [one for one in depends if one in kept]
            resource["DependsOn"] = depends
            if not depends:
                del resource["DependsOn"]
        # Rules ask about the account's bootstrap alone.
        reduced = {**{key: value for key, value in self.template.items() if key != "Rules"}, "Resources": kept}
        return self.resolver.adapt(reduced, set(kept))

    def _publish_assets(self, directory):
        """What `cdk deploy` puts into the bucket of `cdk bootstrap`."""
        archive = directory / "asset.zip"
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("index.js", "")
        for resource in self.resources.values():
            key = resource.get("Properties", {}).get("Code", {})
            if isinstance(key, dict) and "S3Key" in key:
                self._upload(key["S3Key"], archive.read_bytes())

    def _upload(self, key, body):
        self.client("s3").put_object(Bucket=ASSETS, Key=key, Body=body)
        return f"https://{ASSETS}.s3.amazonaws.com/{key}"


def as_list(value):
    return value if isinstance(value, list) else [value]
