"""What moto's CloudFormation does not do: a resource's properties handed to the API, which checks their shape."""

import json


def lower(value, verbatim=()):
    """Names as the APIs of ECS and Step Functions spell them, but for those under the names in `verbatim`."""
    if isinstance(value, list):
        return [lower(one, verbatim) for one in value]
    if not isinstance(value, dict):
        return value
    spelled = {key[0].lower() + key[1:]: one for key, one in value.items()}
    return {key: one if key in verbatim else lower(one, verbatim) for key, one in spelled.items()}


def bucket(stack, properties, id):
    s3 = stack.client("s3")
    name = properties["BucketName"]
    if "VersioningConfiguration" in properties:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    if "PublicAccessBlockConfiguration" in properties:
        s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"]
        )
    if "LifecycleConfiguration" in properties:
        rules = [lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    told = properties.get("NotificationConfiguration")
    if told:
        s3.put_bucket_notification_configuration(
            Bucket=name,
            NotificationConfiguration={"QueueConfigurations": [queue_told(one) for one in told["QueueConfigurations"]]},
        )


def lifecycle_rule(rule):
    """CloudFormation's spelling of a rule in the API's."""
    api = {"ID": rule["Id"], "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        api["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if rule.get("ExpiredObjectDeleteMarker"):
        api["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    if "Transitions" in rule:
        api["Transitions"] = [
            {"Days": one["TransitionInDays"], "StorageClass": one["StorageClass"]} for one in rule["Transitions"]
        ]
    for name in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
        if name in rule:
            api[name] = rule[name]
    known = {*api, "Id", "Prefix", "ExpirationInDays", "ExpiredObjectDeleteMarker"}
    if set(rule) - known:
        raise ValueError(f"lifecycle rule {rule['Id']}: {set(rule) - known} is not known to moto_by_api.py")
    return api


def queue_told(one):
    rules = [{"Name": rule["Name"], "Value": rule["Value"]} for rule in one["Filter"]["S3Key"]["Rules"]]
    return {"QueueArn": one["Queue"], "Events": [one["Event"]], "Filter": {"Key": {"FilterRules": rules}}}


def table(stack, properties, id):
    recovery = properties.get("PointInTimeRecoverySpecification")
    if recovery:
        stack.client("dynamodb").update_continuous_backups(
            TableName=properties["TableName"], PointInTimeRecoverySpecification=recovery
        )


def schedule(stack, properties, id):
    target = dict(properties["Target"])
    ecs = target.get("EcsParameters")
    if ecs:
        network = {"awsvpcConfiguration": ecs["NetworkConfiguration"]["AwsvpcConfiguration"]}
        target["EcsParameters"] = {**ecs, "NetworkConfiguration": network}
        if "CapacityProviderStrategy" in ecs:
            target["EcsParameters"]["CapacityProviderStrategy"] = lower(ecs["CapacityProviderStrategy"])
    stack.client("scheduler").create_schedule(**{**properties, "Target": target})


def alarm(stack, properties, id):
    stack.client("cloudwatch").put_metric_alarm(**properties)


def queue_policy(stack, properties, id):
    for url in properties["Queues"]:
        stack.client("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={"Policy": json.dumps(properties["PolicyDocument"])}
        )


def topic_policy(stack, properties, id):
    for arn in properties["Topics"]:
        stack.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])
        )


def subscription(stack, properties, id):
    stack.client("sns").subscribe(
        TopicArn=properties["TopicArn"], Protocol=properties["Protocol"], Endpoint=properties["Endpoint"]
    )


def bucket_policy(stack, properties, id):
    stack.client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"]))


def capacity_providers(stack, properties, id):
    stack.client("ecs").put_cluster_capacity_providers(
        cluster=properties["Cluster"],
        capacityProviders=properties["CapacityProviders"],
        defaultCapacityProviderStrategy=lower(properties["DefaultCapacityProviderStrategy"]),
    )


def task_definition(stack, properties, id):
    """As another revision of the family, with all that its definition says."""
    stack.client("ecs").register_task_definition(**lower(properties, verbatim=("options",)))


def state_machine(stack, properties, id):
    # moto's CloudFormation puts nothing in the place of ${...}.
    definition = substituted(properties)
    logging = lower(properties.get("LoggingConfiguration", {"Level": "OFF"}))
    stack.client("stepfunctions").update_state_machine(
        stateMachineArn=stack.physical[id],
        definition=definition,
        loggingConfiguration=logging,
        tracingConfiguration=lower(properties.get("TracingConfiguration", {"Enabled": False})),
    )


def substituted(properties):
    """A state machine's definition as CloudFormation hands it to the service."""
    definition = properties["DefinitionString"]
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace("${%s}" % name, str(value))
    if "${" in definition:
        raise ValueError(f"not supplied: {definition[definition.index('${'):][:60]}")
    return definition


def key(stack, properties, id):
    policy = json.dumps(properties["KeyPolicy"])
    stack.client("kms").put_key_policy(KeyId=stack.physical[id], PolicyName="default", Policy=policy)


def vpc(stack, properties, id):
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        if name in properties:
            stack.client("ec2").modify_vpc_attribute(VpcId=stack.physical[id], **{name: {"Value": properties[name]}})


def subnet(stack, properties, id):
    if "MapPublicIpOnLaunch" in properties:
        stack.client("ec2").modify_subnet_attribute(
            SubnetId=stack.physical[id], MapPublicIpOnLaunch={"Value": properties["MapPublicIpOnLaunch"]}
        )


def security_group(stack, properties, id):
    """Where it names ways out, they replace the one that leads everywhere."""
    if "SecurityGroupEgress" not in properties:
        return
    ec2 = stack.client("ec2")
    [found] = ec2.describe_security_groups(GroupIds=[stack.physical[id]])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=stack.physical[id], IpPermissions=found["IpPermissionsEgress"])
    for one in properties["SecurityGroupEgress"]:
        network = {"CidrIp": one["CidrIp"], "Description": one.get("Description", "")}
        ports = {name: one[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in one}
        ec2.authorize_security_group_egress(
            GroupId=stack.physical[id], IpPermissions=[{**ports, "IpRanges": [network]}]
        )


def association(stack, properties, id):
    stack.client("ec2").associate_route_table(RouteTableId=properties["RouteTableId"], SubnetId=properties["SubnetId"])


def workgroup(stack, properties, id):
    stack.client("athena").create_work_group(
        Name=properties["Name"],
        Description=properties["Description"],
        Configuration=properties["WorkGroupConfiguration"],
    )


def named_query(stack, properties, id):
    stack.physical[id] = stack.client("athena").create_named_query(**properties)["NamedQueryId"]


def database(stack, properties, id):
    stack.client("glue").create_database(**properties)
    # What refers to the database means its name.
    stack.physical[id] = properties["DatabaseInput"]["Name"]


def glue_table(stack, properties, id):
    stack.client("glue").create_table(**properties)


BY_API = {
    "AWS::Athena::NamedQuery": named_query,
    "AWS::Athena::WorkGroup": workgroup,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::DynamoDB::Table": table,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::SubnetRouteTableAssociation": association,
    "AWS::EC2::VPC": vpc,
    "AWS::ECS::ClusterCapacityProviderAssociations": capacity_providers,
    "AWS::ECS::TaskDefinition": task_definition,
    "AWS::Glue::Database": database,
    "AWS::Glue::Table": glue_table,
    "AWS::KMS::Key": key,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::StepFunctions::StateMachine": state_machine,
}
