"""What a service tells of each resource, held against the template's properties."""

import json

from moto_by_api import substituted

# Properties that moto neither takes by CloudFormation nor by the API, or does not tell.
NOT_TOLD = {
    "AWS::DynamoDB::Table": {"PointInTimeRecoverySpecification"},  # told apart from the table; see table()
    "AWS::EC2::InternetGateway": {"Tags"},
    "AWS::EC2::RouteTable": {"Tags"},
    "AWS::EC2::Subnet": {"Tags"},
    "AWS::EC2::VPC": {"Tags"},
    "AWS::EC2::VPCEndpoint": {"PolicyDocument", "Tags"},
    # moto's CloudFormation takes every function for a zip with 512 MB of disk.
    "AWS::Lambda::Function": {
        *("Architectures", "Code", "LoggingConfig", "TracingConfig"),
        *("EphemeralStorage", "ImageConfig", "PackageType"),
    },
}


def differences(stack, logical_id):
    """A sentence for every property of which something else is told than the template says."""
    type = stack.resources[logical_id]["Type"]
    wanted = stack.properties(logical_id)
    compared = {name: value for name, value in wanted.items() if name not in NOT_TOLD.get(type, ())}
    found = COMPARED[type](stack, logical_id, compared)
    yield from lacking(compared, found, logical_id)


def lacking(wanted, found, where):
    """Where `found` does not hold what is wanted; it may hold more. Documents in JSON compare as what they hold."""
    if isinstance(wanted, dict) and isinstance(found, str):
        found = json.loads(found)
    if isinstance(wanted, str) and isinstance(found, (dict, list)):
        wanted = json.loads(wanted)
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name not in found:
                yield f"{where}.{name}: not there; wanted {json.dumps(value)[:300]}"
            else:
                yield from lacking(value, found[name], f"{where}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            yield f"{where}: wanted {len(wanted)}, found {len(found)}: {json.dumps(found, default=str)[:300]}"
        for at, (one, other) in enumerate(zip(wanted, found)):
            yield from lacking(one, other, f"{where}[{at}]")
    elif plain(wanted) != plain(found):
        yield f"{where}: wanted {str(wanted)[:300]}, found {str(found)[:300]}"


def plain(value):
    """Numbers and truths as CloudFormation and the APIs write them, as text or not; 1.0 is 1."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, (dict, list)) else str(value)


def upper(value, verbatim=()):
    """The API of ECS in CloudFormation's spelling; what lies under the names in `verbatim` are names of ours."""
    if isinstance(value, list):
        return [upper(one, verbatim) for one in value]
    if isinstance(value, dict):
        return {
            key[0].upper() + key[1:]: one if key in verbatim else upper(one, verbatim) for key, one in value.items()
        }
    return value


def bucket(stack, id, wanted):
    s3 = stack.client("s3")
    name = stack.physical[id]
    [encryption] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    told = s3.get_bucket_notification_configuration(Bucket=name)
    queues = [
        {
            "Event": one["Events"][0],
            "Queue": one["QueueArn"],
            "Filter": {"S3Key": {"Rules": one["Filter"]["Key"]["FilterRules"]}},
        }
        for one in told.get("QueueConfigurations", [])
    ]
    return {
        "BucketName": name,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {**encryption, "ServerSideEncryptionByDefault": encryption["ApplyServerSideEncryptionByDefault"]}
            ]
        },
        "VersioningConfiguration": s3.get_bucket_versioning(Bucket=name),
        "PublicAccessBlockConfiguration": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "LifecycleConfiguration": {
            "Rules": [rule(one) for one in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]],
            **only(wanted.get("LifecycleConfiguration", {}), "TransitionDefaultMinimumObjectSize"),
        },
        "NotificationConfiguration": {"QueueConfigurations": queues},
    }


def rule(api):
    found = {"Id": api["ID"], "Status": api["Status"], "Prefix": api.get("Filter", {}).get("Prefix", "")}
    expiration = api.get("Expiration", {})
    if "Days" in expiration:
        found["ExpirationInDays"] = expiration["Days"]
    if expiration.get("ExpiredObjectDeleteMarker"):
        found["ExpiredObjectDeleteMarker"] = True
    if "Transitions" in api:
        found["Transitions"] = [
            {"TransitionInDays": one["Days"], "StorageClass": one["StorageClass"]} for one in api["Transitions"]
        ]
    return {**found, **only(api, "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")}


def only(values, *names):
    return {name: values[name] for name in names if name in values}


def queue(stack, id, wanted):
    url = stack.physical[id]
    attributes = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {**attributes, "QueueName": url.rsplit("/", 1)[-1], "DelaySeconds": attributes["DelaySeconds"]}


def topic(stack, id, wanted):
    arn = stack.physical[id]
    sns = stack.client("sns")
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    listed = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    subscriptions = [only(one, "Endpoint", "Protocol") for one in listed]
    return {**attributes, "TopicName": arn.rsplit(":", 1)[-1], "Subscription": subscriptions}


def subscription(stack, id, wanted):
    listed = stack.client("sns").list_subscriptions_by_topic(TopicArn=wanted["TopicArn"])["Subscriptions"]
    return next((one for one in listed if one["Endpoint"] == wanted["Endpoint"]), {})


def table(stack, id, wanted):
    dynamodb = stack.client("dynamodb")
    name = stack.physical[id]
    found = dynamodb.describe_table(TableName=name)["Table"]
    recovery = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    status = recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    asked = stack.properties(id).get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
    if (status == "ENABLED") != asked:
        raise ValueError(f"{name}: point-in-time recovery is {status}")
    definitions = sorted(found["AttributeDefinitions"], key=lambda one: one["AttributeName"])
    wanted["AttributeDefinitions"] = sorted(wanted["AttributeDefinitions"], key=lambda one: one["AttributeName"])
    return {
        **found,
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
        "AttributeDefinitions": definitions,
    }


def role(stack, id, wanted):
    iam = stack.client("iam")
    found = iam.get_role(RoleName=stack.physical[id])["Role"]
    attached = iam.list_attached_role_policies(RoleName=stack.physical[id])["AttachedPolicies"]
    return {**found, "ManagedPolicyArns": [one["PolicyArn"] for one in attached]}


def policy(stack, id, wanted):
    """Inline, of every role that it is for."""
    iam = stack.client("iam")
    documents = [
        iam.get_role_policy(RoleName=name, PolicyName=wanted["PolicyName"])["PolicyDocument"]
        for name in wanted["Roles"]
    ]
    if any(document != documents[0] for document in documents):
        raise ValueError(f"{id}: its roles hold different documents")
    return {**wanted, "PolicyDocument": documents[0]}


def function(stack, id, wanted):
    client = stack.client("lambda")
    name = stack.physical[id]
    found = client.get_function_configuration(FunctionName=name)
    concurrency = client.get_function_concurrency(FunctionName=name)
    return {**found, **only(concurrency, "ReservedConcurrentExecutions")}


def permission(stack, id, wanted):
    text = stack.client("lambda").get_policy(FunctionName=wanted["FunctionName"])["Policy"]
    for statement in json.loads(text)["Statement"]:
        source = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", statement.get("SourceArn"))
        principal = statement["Principal"]
        service = principal.get("Service") if isinstance(principal, dict) else principal
        if source == wanted.get("SourceArn"):
            found = {"Action": statement["Action"], "Principal": service, "SourceArn": source}
            return {**found, "FunctionName": wanted["FunctionName"]}
    return {}


def task_definition(stack, id, wanted):
    found = stack.client("ecs").describe_task_definition(taskDefinition=wanted["Family"])["taskDefinition"]
    # Options are keys of the log driver's own.
    return upper(found, verbatim=("options",))


def cluster(stack, id, wanted):
    [found] = stack.client("ecs").describe_clusters(clusters=[stack.physical[id]], include=["SETTINGS"])["clusters"]
    return {**upper(found), "ClusterSettings": upper(found.get("settings", []))}


def capacity_providers(stack, id, wanted):
    [found] = stack.client("ecs").describe_clusters(clusters=[wanted["Cluster"]])["clusters"]
    return {
        "Cluster": wanted["Cluster"],
        "CapacityProviders": found["capacityProviders"],
        "DefaultCapacityProviderStrategy": upper(found["defaultCapacityProviderStrategy"]),
    }


def state_machine(stack, id, wanted):
    found = upper(stack.client("stepfunctions").describe_state_machine(stateMachineArn=stack.physical[id]))
    wanted["DefinitionString"] = json.loads(substituted(wanted))
    return {
        **found,
        "DefinitionString": json.loads(found["Definition"]),
        "DefinitionSubstitutions": wanted["DefinitionSubstitutions"],
        "StateMachineName": found["Name"],
        "StateMachineType": found["Type"],
    }


def schedule(stack, id, wanted):
    found = stack.client("scheduler").get_schedule(Name=stack.physical[id])
    parameters = found["Target"].get("EcsParameters", {})
    if "CapacityProviderStrategy" in parameters:
        parameters["CapacityProviderStrategy"] = upper(parameters["CapacityProviderStrategy"])
    if "NetworkConfiguration" in parameters:
        parameters["NetworkConfiguration"] = upper(parameters["NetworkConfiguration"])
    return found


def event_rule(stack, id, wanted):
    events = stack.client("events")
    name = stack.physical[id]
    return {**events.describe_rule(Name=name), "Targets": events.list_targets_by_rule(Rule=name)["Targets"]}


def log_group(stack, id, wanted):
    name = stack.physical[id]
    groups = stack.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    found = upper(next(one for one in groups if one["logGroupName"] == name))
    return found


def alarm(stack, id, wanted):
    [found] = stack.client("cloudwatch").describe_alarms(AlarmNames=[stack.physical[id]])["MetricAlarms"]
    return found


def dashboard(stack, id, wanted):
    return stack.client("cloudwatch").get_dashboard(DashboardName=wanted["DashboardName"])


def bucket_policy(stack, id, wanted):
    text = stack.client("s3").get_bucket_policy(Bucket=wanted["Bucket"])["Policy"]
    return {**wanted, "PolicyDocument": json.loads(text)}


def queue_policy(stack, id, wanted):
    [url] = wanted["Queues"]
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    return {**wanted, "PolicyDocument": json.loads(found["Policy"])}


def topic_policy(stack, id, wanted):
    [arn] = wanted["Topics"]
    found = stack.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {**wanted, "PolicyDocument": json.loads(found["Policy"])}


def key(stack, id, wanted):
    kms = stack.client("kms")
    name = stack.physical[id]
    document = json.loads(kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"])
    rotation = kms.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"]
    return {**kms.describe_key(KeyId=name)["KeyMetadata"], "KeyPolicy": document, "EnableKeyRotation": rotation}


def vpc(stack, id, wanted):
    ec2 = stack.client("ec2")
    [found] = ec2.describe_vpcs(VpcIds=[stack.physical[id]])["Vpcs"]
    answers = {
        name: ec2.describe_vpc_attribute(VpcId=stack.physical[id], Attribute=name[0].lower() + name[1:])[name]["Value"]
        for name in ("EnableDnsHostnames", "EnableDnsSupport")
    }
    return {**found, **answers}


def subnet(stack, id, wanted):
    [found] = stack.client("ec2").describe_subnets(SubnetIds=[stack.physical[id]])["Subnets"]
    return found


def route_table(stack, id, wanted):
    [found] = stack.client("ec2").describe_route_tables(RouteTableIds=[stack.physical[id]])["RouteTables"]
    return found


def route(stack, id, wanted):
    [found] = stack.client("ec2").describe_route_tables(RouteTableIds=[wanted["RouteTableId"]])["RouteTables"]
    there = (one for one in found["Routes"] if one.get("DestinationCidrBlock") == wanted["DestinationCidrBlock"])
    return {"RouteTableId": found["RouteTableId"], **next(there, {})}


def association(stack, id, wanted):
    [found] = stack.client("ec2").describe_route_tables(RouteTableIds=[wanted["RouteTableId"]])["RouteTables"]
    return next((one for one in found["Associations"] if one.get("SubnetId") == wanted["SubnetId"]), {})


def gateway(stack, id, wanted):
    [found] = stack.client("ec2").describe_internet_gateways(InternetGatewayIds=[stack.physical[id]])["InternetGateways"]
    return found


def attachment(stack, id, wanted):
    wanted_id = wanted["InternetGatewayId"]
    [found] = stack.client("ec2").describe_internet_gateways(InternetGatewayIds=[wanted_id])["InternetGateways"]
    return {"InternetGatewayId": wanted_id, "VpcId": found["Attachments"][0]["VpcId"]}


def endpoint(stack, id, wanted):
    [found] = stack.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[stack.physical[id]])["VpcEndpoints"]
    return found


def security_group(stack, id, wanted):
    [found] = stack.client("ec2").describe_security_groups(GroupIds=[stack.physical[id]])["SecurityGroups"]
    if found["IpPermissions"] and not wanted.get("SecurityGroupIngress"):
        raise ValueError(f"{id}: something may come in: {found['IpPermissions']}")
    egress = [
        {
            **only(one, "IpProtocol", "FromPort", "ToPort"),
            "CidrIp": range["CidrIp"],
            "Description": range.get("Description"),
        }
        for one in found["IpPermissionsEgress"]
        for range in one["IpRanges"]
    ]
    return {"GroupDescription": found["Description"], "VpcId": found["VpcId"], "SecurityGroupEgress": egress}


def workgroup(stack, id, wanted):
    found = stack.client("athena").get_work_group(WorkGroup=wanted["Name"])["WorkGroup"]
    return {**found, "WorkGroupConfiguration": found["Configuration"], **only(wanted, "RecursiveDeleteOption")}


def named_query(stack, id, wanted):
    return stack.client("athena").get_named_query(NamedQueryId=stack.physical[id])["NamedQuery"]


def database(stack, id, wanted):
    found = stack.client("glue").get_database(Name=wanted["DatabaseInput"]["Name"])["Database"]
    return {"CatalogId": found["CatalogId"], "DatabaseInput": found}


def glue_table(stack, id, wanted):
    name = wanted["TableInput"]["Name"]
    found = stack.client("glue").get_table(DatabaseName=wanted["DatabaseName"], Name=name)["Table"]
    return {"CatalogId": found["CatalogId"], "DatabaseName": found["DatabaseName"], "TableInput": found}


def managed_policy(stack, id, wanted):
    iam = stack.client("iam")
    arn = stack.physical[id]
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {
        "ManagedPolicyName": found["PolicyName"],
        "Description": found["Description"],
        "Path": found["Path"],
        "PolicyDocument": version["Document"],
    }


COMPARED = {
    "AWS::Athena::NamedQuery": named_query,
    "AWS::Athena::WorkGroup": workgroup,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::DynamoDB::Table": table,
    "AWS::EC2::InternetGateway": gateway,
    "AWS::EC2::Route": route,
    "AWS::EC2::RouteTable": route_table,
    "AWS::EC2::SecurityGroup": security_group,
    "AWS::EC2::Subnet": subnet,
    "AWS::EC2::SubnetRouteTableAssociation": association,
    "AWS::EC2::VPC": vpc,
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::EC2::VPCGatewayAttachment": attachment,
    "AWS::ECS::Cluster": cluster,
    "AWS::ECS::ClusterCapacityProviderAssociations": capacity_providers,
    "AWS::ECS::TaskDefinition": task_definition,
    "AWS::Events::Rule": event_rule,
    "AWS::Glue::Database": database,
    "AWS::Glue::Table": glue_table,
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::Policy": policy,
    "AWS::IAM::Role": role,
    "AWS::KMS::Key": key,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::StepFunctions::StateMachine": state_machine,
}
