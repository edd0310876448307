"""A stack in moto: what moto can deploy of the template, by CloudFormation, the rest through each service's own API."""

import copy
import json
import zipfile

import boto3
from botocore.exceptions import ClientError
from moto_by_api import BY_API
from moto_resolve import Resolver

ASSETS = "cdk-hnb659fds-assets-123456789012-us-east-1"

# Types that moto's CloudFormation lacks. Those of BY_API are made by the service's API, from the same properties.
LEFT_OUT = {
    "AWS::Athena::NamedQuery": "made by the API",
    "AWS::Athena::WorkGroup": "made by the API",
    "AWS::CloudWatch::Alarm": "made by the API",
    "AWS::ECS::ClusterCapacityProviderAssociations": "made by the API",
    "AWS::Glue::Database": "made by the API",
    "AWS::Glue::Table": "made by the API",
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


# The types that can stay without a stack, and how to ask whether one of a name is there.
RETAINED = {
    "AWS::DynamoDB::Table": ("TableName", "dynamodb", "describe_table", "TableName"),
    "AWS::S3::Bucket": ("BucketName", "s3", "head_bucket", "Bucket"),
}

# What CloudFormation demands of a resource that it imports by itself, besides a literal name:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
IMPORTABLE = {"Retain", "RetainExceptOnCreate"}


class MotoStack:
    """Raises what CloudFormation or a service says against the template."""

    def __init__(self, name, template, directory, is_rolled_back=False, import_existing=False):
        """
        @param is_rolled_back whether this creation will fail
        @param import_existing as `cdk deploy --import-existing-resources`
        """
        self.name = name
        self.template = template
        self.resources = template["Resources"]
        self.clients = {}
        self._publish_assets(directory)
        self.imported = self._existing() if import_existing else {}
        reduced = self._reduced(name, is_rolled_back)
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

    @staticmethod
    def delete(name):
        """What `cdk destroy` does, and CloudFormation itself when a creation fails."""
        try:
            boto3.client("cloudformation").delete_stack(StackName=name)
        except ClientError as error:
            # moto does not delete what is in a VPC. It has deleted the rest.
            if error.response["Error"]["Code"] != "DependencyViolation":
                raise

    def _existing(self):
        """Names of retained resources that exist, by logical id. @raises ValueError for one that cannot be imported"""
        found = {}
        for logical_id, resource in self.resources.items():
            if resource["Type"] not in RETAINED:
                continue
            property, service, operation, parameter = RETAINED[resource["Type"]]
            name = resource["Properties"][property]
            client = self.client(service)
            try:
                getattr(client, operation)(**{parameter: name if isinstance(name, str) else self._resolved(name)})
            except ClientError:
                continue
            if not isinstance(name, str):
                raise ValueError(f"{logical_id} exists and cannot be imported: its name is not literal: {name}")
            if resource.get("DeletionPolicy") not in IMPORTABLE:
                raise ValueError(f"{logical_id} exists and cannot be imported: it is not retained")
            found[logical_id] = name
        return found

    def _resolved(self, value):
        return Resolver(self.name, self.resources, {}).resolve(value)

    def _reduced(self, name, is_rolled_back):
        self.physical = dict(self.imported)
        self.resolver = Resolver(name, self.resources, self.physical)
        for logical_id, resource in self.resources.items():
            if resource["Type"] in LEFT_OUT:
                self.physical[logical_id] = self.resolver.name_of(logical_id)
        kept = {
            id: copy.deepcopy(one)
            for id, one in self.resources.items()
            if one["Type"] not in LEFT_OUT and id not in self.imported
        }
        for resource in kept.values():
            # moto does not know this policy, which depends on whether the creation fails.
            if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
                resource["DeletionPolicy"] = "Delete" if is_rolled_back else "Retain"
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
