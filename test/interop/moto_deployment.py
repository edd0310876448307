"""
The template as a whole, deployed to moto's CloudFormation and compared with what that made: references that lead
nowhere, circles, names that clash and properties that a service does not know show here.
"""

import json
import logging
import os
import subprocess
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import boto3
import docs_commands
import doctor
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from checks import Mismatch, demand, expect, expect_that
from moto_by_api import BY_API
from moto_compare import COMPARED, differences
from moto_stack import FORGETS, LEFT_OUT, MotoStack, unsupported

# Context values that change what the stack consists of, in one copy beside the plain one.
OTHER_COPY = {
    "prefix": "other-",
    "spot": "true",
    "topicKey": "own",
    "successEmails": "kpis@example.com",
    "failureEmails": "oncall@example.com,lead@example.com",
    "reportingTimeZone": "Europe/Berlin",
}


def run(checks, directory):
    with checks.check("what CloudFormation in moto leaves undone is done by the API"):
        expect("types", set(BY_API), set(LEFT_OUT) | set(FORGETS))
    workflows(checks)
    with moto_server():
        doctor.new_account(checks, directory)
        # Here are the bucket and the parameter that every deployment asks for.
        docs_commands.run(checks, "moto", os.environ, headings=["Bootstrap"])
        doctor.before(checks, directory)
        doctor.left_over(checks, directory)
        plain = deploy(checks, "the template", {}, directory / "plain")
        other = deploy(checks, "a second copy by prefix, beside it", OTHER_COPY, directory / "other")
        if plain and other:
            with checks.check("the two copies share no resource"):
                expect("resources of both", (set(plain.physical.values()) & set(other.physical.values())) - {""}, set())
        if plain:
            doctor.after(checks, directory)
            doctor.faults(checks, directory)
        if other:
            doctor.after(checks, directory, "other-")
        oidc_roles(checks)
        if plain:
            fill(boto3.client("s3"), plain.physical)
            docs_commands.run(checks, "moto", os.environ, headings=["Removing the stack"])
            with checks.check("after the last of them no data is left"):
                tables = set(boto3.client("dynamodb").list_tables()["TableNames"])
                expect("tables", tables, {f"other-{table}" for table in TABLES})
                names = {bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]}
                expect_that(not any(name.startswith("daybook-") for name in names), f"buckets: {names}")
        failed_creation(checks, directory / "again")


# The DynamoDB tables of a deployment, without its prefix.
TABLES = {"CategoryKPIs", "CustomerValue", "FileLedger", "InventoryStatus", "OrderKPIs", "ProductSales"}
PLACE = {"account": "123456789012", "region": "us-east-1"}


def failed_creation(checks, directory):
    """As docs/deploy.md has it: a creation that fails half-way, its rollback, the next try; a removal and its restoring."""
    prefix = "again-"
    name = f"{prefix}Daybook"
    template = synthesize({"prefix": prefix, **PLACE}, directory)
    tables = {f"{prefix}{table}" for table in TABLES}
    bucket = f"{prefix}daybook-{PLACE['account']}-{PLACE['region']}"

    def creation_fails(what, reason):
        with checks.check(what):
            try:
                MotoStack(name, template, directory, is_rolled_back=True)
            except (ClientError, ResponseParserError) as error:
                expect_that(reason in str(error), f"failed for another reason: {error}")
            else:
                raise Mismatch("the stack was created")
            finally:
                MotoStack.delete(name)
            expect("tables that stay", names_of("dynamodb", "list_tables", "TableNames", prefix), tables)
            expect("queues that stay", names_of("sqs", "list_queues", "QueueUrls", prefix), {taken})
            buckets = {one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]}
            expect_that(bucket not in buckets, "the bucket stays")

    # Another queue has the name of one that is created after the tables and the bucket.
    taken = f"{prefix}Pipeline-Trigger-dlq"
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=taken, Attributes={"DelaySeconds": "1"})["QueueUrl"]
    creation_fails("a creation that fails half-way leaves the tables, and not the bucket", "already exists")
    creation_fails("a second creation fails at the tables", "Table already exists")
    sqs.delete_queue(QueueUrl=url)
    with checks.check("a creation that imports them succeeds"):
        stack = MotoStack(name, template, directory, import_existing=True)
        expect("imported", set(stack.imported.values()), tables)
    with checks.check("after a removal, a creation imports the bucket as well"):
        MotoStack.delete(name)
        scheduler = boto3.client("scheduler")
        for schedule in scheduler.list_schedules(NamePrefix=prefix)["Schedules"]:
            scheduler.delete_schedule(Name=schedule["Name"])
        # moto stops at what is in a VPC, ahead of this policy.
        boto3.client("iam").delete_policy(PolicyArn=f"arn:aws:iam::{PLACE['account']}:policy/{prefix}Daybook-Reader")
        boto3.client("glue").delete_database(Name="again_daybook")
        boto3.client("athena").delete_work_group(WorkGroup=f"{prefix}Daybook", RecursiveDeleteOption=True)
        stack = MotoStack(name, template, directory, import_existing=True)
        expect("imported", set(stack.imported.values()), {*tables, bucket})
        demand(found for id in stack.imported for found in differences(stack, id))


def names_of(service, operation, field, prefix):
    """Of the resources whose name starts with the prefix."""
    found = getattr(boto3.client(service), operation)().get(field, [])
    return {name for name in (one.rsplit("/", 1)[-1] for one in found) if name.startswith(prefix)}


def fill(s3, physical):
    """Objects, older versions of them, and deleted ones."""
    [bucket] = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"] in set(physical.values())]
    # It lets HTTPS in alone, and moto is reached without.
    s3.delete_bucket_policy(Bucket=bucket)
    for key in ["input/new file.csv", "archive/a.csv", "archive/a.csv", "results/b.json"]:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.delete_object(Bucket=bucket, Key="results/b.json")


def workflows(checks):
    files = sorted(map(str, Path(".github/workflows").glob("*.yml")))
    for schema, named in [("github-workflows", files), ("dependabot", [".github/dependabot.yml"])]:
        with checks.check(f"{', '.join(named)}: as GitHub's schema has it"):
            linter = str(Path(sys.executable).parent / "check-jsonschema")
            command = [linter, "--builtin-schema", f"vendor.{schema}", *named]
            done = subprocess.run(command, capture_output=True, text=True)
            expect_that(done.returncode == 0, done.stdout + done.stderr)


def deploy(checks, what, context, directory):
    """@returns the stack, None where it could not be deployed"""
    template = synthesize(context, directory)
    with checks.check(f"{what}: what moto cannot deploy is known"):
        types = {resource["Type"] for resource in template["Resources"].values()}
        expect("types that moto's CloudFormation lacks", unsupported(types), types & set(LEFT_OUT))
        expect("types that nothing is compared of", types - set(COMPARED), set())
    stack = None
    with checks.check(f"{what} deploys"):
        stack = MotoStack(f"{context.get('prefix', '')}Daybook", template, directory)
    if stack:
        by_type = {}
        for logical_id, resource in template["Resources"].items():
            by_type.setdefault(resource["Type"], []).append(logical_id)
        for type, logical_ids in sorted(by_type.items()):
            if type in COMPARED:
                with checks.check(f"{what}: {len(logical_ids)} {type}, as it says"):
                    demand(found for id in logical_ids for found in differences(stack, id))
    return stack


def oidc_roles(checks):
    with checks.check("the roles for GitHub deploy"):
        body = Path(".github/oidc-roles.yml").read_text()
        # moto's CloudFormation makes no OIDC provider: this is the account that has one.
        provider = boto3.client("iam").create_open_id_connect_provider(
            Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
        )["OpenIDConnectProviderArn"]
        given = {"Repository": "shop@12/daybook@345", "ProviderArn": provider}
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
        client = boto3.client("cloudformation")
        client.create_stack(
            StackName="daybook-github",
            TemplateBody=body,
            Parameters=parameters,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        [stack] = client.describe_stacks(StackName="daybook-github")["Stacks"]
        expect("the status", stack["StackStatus"], "CREATE_COMPLETE")
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        for output, subject in [("DeployRoleArn", "environment:production"), ("DiffRoleArn", "pull_request")]:
            name = outputs[output].rsplit("/", 1)[-1]
            document = boto3.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
            condition = document["Statement"][0]["Condition"]["StringEquals"]
            expect(
                "who may take it",
                condition["token.actions.githubusercontent.com:sub"],
                f"repo:shop@12/daybook@345:{subject}",
            )
    with checks.check("cfn-lint has nothing against the roles for GitHub"):
        linter = str(Path(sys.executable).parent / "cfn-lint")
        done = subprocess.run([linter, ".github/oidc-roles.yml"], capture_output=True, text=True)
        expect("what it says", done.stdout + done.stderr, "")


def synthesize(context, directory):
    """What `cdk synth` runs, with what it hands on of `-c`."""
    environment = {**os.environ, "CDK_OUTDIR": str(directory), "CDK_CONTEXT_JSON": json.dumps(context)}
    done = subprocess.run(["node", "dist/infra/app.cjs"], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Mismatch(f"synthesis: {done.stderr[-1500:]}")
    [template] = directory.glob("*Daybook.template.json")
    return json.loads(template.read_text())


@contextmanager
def moto_server():
    """moto's server on a free port; boto3 and whatever this process starts find it by the environment."""
    from moto.server import ThreadedMotoServer

    # Not even the requests that moto has no answer for.
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    # What it cannot deploy is known, and said once.
    logging.getLogger("moto").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Tried to parse")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    before = dict(os.environ)
    host, port = server.get_host_and_port()
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://{host}:{port}",
        AWS_ACCESS_KEY_ID="any",
        AWS_SECRET_ACCESS_KEY="any",
        AWS_REGION="us-east-1",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
    )
    try:
        yield
    finally:
        server.stop()
        os.environ.clear()
        os.environ.update(before)

