"""The intrinsic functions of a template, resolved by what a stack's resources are called."""

import re

ACCOUNT = "123456789012"
REGION = "us-east-1"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
# A left-out resource's own name, by the property that gives it.
NAMES = {"AWS::Athena::WorkGroup": "Name", "AWS::CloudWatch::Alarm": "AlarmName", "AWS::Scheduler::Schedule": "Name"}

# What Fn::GetAtt ...Arn is, of a resource that Ref names thus.
ARNS = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:%s",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/%s",
    "AWS::ECS::Cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/%s",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/%s",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/%s",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/%s",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:%s",
    # On AWS with :* behind it.
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:%s",
    "AWS::S3::Bucket": "arn:aws:s3:::%s",
    "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/%s",
    "AWS::StepFunctions::StateMachine": "%s",
}


class Resolver:
    def __init__(self, stack_name, resources, physical):
        """@param physical logical id to physical id; may grow while this is in use"""
        self.stack_name = stack_name
        self.resources = resources
        self.physical = physical

    def name_of(self, logical_id):
        resource = self.resources[logical_id]
        given = resource.get("Properties", {}).get(NAMES.get(resource["Type"], ""), None)
        return given if isinstance(given, str) else f"{self.stack_name}-{logical_id}"

    def resolve(self, value):
        """@raises KeyError, ValueError what cannot be resolved"""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key == "Ref":
                return self._ref(argument)
            if key.startswith("Fn::"):
                return self._function(key, argument)
        return {key: self.resolve(one) for key, one in value.items()}

    def adapt(self, value, kept):
        """The template as moto understands it: nothing refers to a resource that was left out."""
        if isinstance(value, list):
            return [self.adapt(one, kept) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key in ("Ref", "Fn::GetAtt"):
                target = argument if key == "Ref" else argument[0]
                if target in self.resources and target not in kept:
                    return self.resolve(value)
                # moto's state machine has no attribute Arn; its Ref is the ARN, on AWS too.
                if key == "Fn::GetAtt" and argument[1] == "Arn":
                    if self.resources[target]["Type"] == "AWS::StepFunctions::StateMachine":
                        return {"Ref": target}
        return {key: self.adapt(one, kept) for key, one in value.items()}

    def _ref(self, name):
        if name == "AWS::StackName":
            return self.stack_name
        if name in PSEUDO:
            return PSEUDO[name]
        return self.physical[name]

    def _function(self, name, argument):
        if name == "Fn::GetAtt":
            return self._attribute(*argument)
        if name == "Fn::Sub":
            text, more = argument if isinstance(argument, list) else (argument, {})
            return re.sub(r"\$\{([^!}]+)\}", lambda found: self._sub(found[1], more), text)
        argument = self.resolve(argument)
        if name == "Fn::Join":
            return argument[0].join(map(str, argument[1]))
        if name == "Fn::Select":
            return argument[1][int(argument[0])]
        if name == "Fn::Split":
            return argument[1].split(argument[0])
        if name == "Fn::GetAZs":
            return [f"{REGION}a", f"{REGION}b", f"{REGION}c"]
        raise ValueError(f"{name} is not known to moto_resolve.py")

    def _sub(self, name, more):
        if name in more:
            return self.resolve(more[name])
        return self._attribute(*name.split(".", 1)) if "." in name else self._ref(name)

    def _attribute(self, logical_id, attribute):
        type = self.resources[logical_id]["Type"]
        physical = self.physical[logical_id]
        if type == "AWS::SQS::Queue":
            name = physical.rsplit("/", 1)[-1]
            return {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name, "QueueUrl": physical}[attribute]
        if type == "AWS::SNS::Topic":
            return {"TopicArn": physical, "TopicName": physical.rsplit(":", 1)[-1]}[attribute]
        if type == "AWS::StepFunctions::StateMachine" and attribute == "Name":
            return physical.rsplit(":", 1)[-1]
        if type.startswith("AWS::EC2::") and attribute in ("GroupId", "SubnetId", "VpcId", "InternetGatewayId", "RouteTableId"):
            return physical
        if attribute != "Arn" or type not in ARNS:
            raise ValueError(f"{type}.{attribute} is not known to moto_resolve.py")
        return ARNS[type] % physical
