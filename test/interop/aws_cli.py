"""The AWS CLI as it comes from PyPI, told nothing but the endpoint and some credentials."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from checks import Mismatch, expect, expect_that
from history import csv_of

LARGE_BYTES = 100 * 1024 * 1024

# What the local mode does not serve, one per service; and what the answer must name.
NOT_SERVED = [
    (["s3api", "put-bucket-acl", "--bucket", "{bucket}", "--acl", "private"], "acl"),
    (["sqs", "add-permission", "--queue-url", "{queue}", "--label", "x", "--aws-account-ids", "1", "--actions", "*"], "AddPermission"),
    (["stepfunctions", "create-activity", "--name", "x"], "CreateActivity"),
    (["dynamodb", "create-backup", "--table-name", "OrderKPIs", "--backup-name", "trial"], "CreateBackup"),
    (["sns", "create-platform-endpoint", "--platform-application-arn", "arn:aws:sns:us-east-1:1:a", "--token", "t"], "CreatePlatformEndpoint"),
    (["kinesis", "split-shard", "--stream-name", "x", "--shard-to-split", "s", "--new-starting-hash-key", "1"], "SplitShard"),
]


class AwsCli:
    """
    :param directory: where it is run, and where files of the trials go
    """

    def __init__(self, pipeline, directory):
        self.command = [sys.executable, "-m", "awscli", "--output", "json"]
        self.environment = {**pipeline.environment, "HOME": str(directory)}
        self.directory = Path(directory)
        self.directory.mkdir()

    def run(self, *arguments):
        # Version 1 of the CLI, the one on PyPI, heeds AWS_ENDPOINT_URL for every service but SQS:
        # https://github.com/aws/aws-cli/issues/8737
        options = ["--endpoint-url", self.environment["AWS_ENDPOINT_URL"]] if arguments[0] == "sqs" else []
        return subprocess.run(
            [*self.command, *options, *arguments], cwd=self.directory, env=self.environment, capture_output=True, text=True
        )

    def text(self, *arguments):
        done = self.run(*arguments)
        if done.returncode != 0:
            raise Mismatch(f"aws {' '.join(arguments)}: exit code {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.text(*arguments) or "null")

    def refusal(self, *arguments):
        """What the service said, and its error code."""
        done = self.run(*arguments)
        if done.returncode == 0:
            raise Mismatch(f"aws {' '.join(arguments)}: expected a refusal, found {done.stdout}")
        found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(.*?\))?: (.*)", done.stderr, re.S)
        if not found:
            raise Mismatch(f"aws {' '.join(arguments)}: expected an AWS error, found {done.stderr.strip()}")
        return found[1], found[2].strip()


def run(checks, pipeline, directory):
    aws = AwsCli(pipeline, directory)
    s3(checks, aws, pipeline.bucket)
    s3_large(checks, aws, pipeline.bucket)
    s3api(checks, aws, pipeline.bucket)
    sqs(checks, aws, pipeline)
    topics, subscriber = sns_subscribe(checks, aws)
    name = drop(checks, aws, pipeline)
    if topics:
        sns_receive(checks, aws, topics, subscriber, name)
    step_functions(checks, aws, pipeline, name)
    dynamodb(checks, aws, pipeline)
    refusals(checks, aws, pipeline)


def s3(checks, aws, bucket):
    root = f"s3://{bucket}/cli"
    files = {"a b+c.csv": "1", "deep/ünï \U0001f600.txt": "2", "deep/er/x": "3"}
    for name, body in files.items():
        path = aws.directory / "up" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    with checks.check("s3 ls: the bucket"):
        expect_that(f" {bucket}\n" in aws.text("s3", "ls"), "the bucket is not listed")
    with checks.check("s3 cp: up, within the bucket, down; s3 ls"):
        aws.text("s3", "cp", "up/a b+c.csv", f"{root}/a b+c.csv")
        aws.text("s3", "cp", f"{root}/a b+c.csv", f"{root}/copy of it.csv")
        aws.text("s3", "cp", f"{root}/copy of it.csv", "down.csv")
        expect("bytes", (aws.directory / "down.csv").read_text(), "1")
        listed = [line.split(maxsplit=2)[2:] for line in aws.text("s3", "ls", f"{root}/").splitlines()]
        expect("listing", [line[0].split(maxsplit=1)[1] for line in listed], ["a b+c.csv", "copy of it.csv"])
    with checks.check("s3 mv: within the bucket, and down"):
        aws.text("s3", "mv", f"{root}/copy of it.csv", f"{root}/moved.csv")
        aws.text("s3", "mv", f"{root}/moved.csv", "moved.csv")
        expect("bytes", (aws.directory / "moved.csv").read_text(), "1")
        expect("left", keys(aws, bucket, "cli/"), ["cli/a b+c.csv"])
    with checks.check("s3 sync: up, nothing twice, what changed alone, --delete, down"):
        aws.text("s3", "sync", "up", f"{root}/sync")
        expect("keys", keys(aws, bucket, "cli/sync/"), sorted(f"cli/sync/{name}" for name in files))
        expect("a second time", aws.text("s3", "sync", "up", f"{root}/sync"), "")
        (aws.directory / "up/deep/er/x").write_text("changed")
        (aws.directory / "up/a b+c.csv").unlink()
        said = aws.text("s3", "sync", "up", f"{root}/sync", "--delete", "--no-progress")
        expect("lines", sorted(line.split(":")[0] for line in said.splitlines()), ["delete", "upload"])
        aws.text("s3", "sync", f"{root}/sync", "synced")
        expect("bytes", texts(aws.directory / "synced"), texts(aws.directory / "up"))
    with checks.check("s3 rm: one, and --recursive"):
        aws.text("s3", "rm", f"{root}/a b+c.csv")
        aws.text("s3", "rm", f"{root}/", "--recursive")
        expect("left", keys(aws, bucket, "cli/"), [])


def s3_large(checks, aws, bucket):
    up, down = aws.directory / "large.bin", aws.directory / "large-again.bin"
    write_large(up)
    try:
        with checks.check("s3 cp: 100 MB in parts, up"):
            aws.text("s3", "cp", up.name, f"s3://{bucket}/cli/large.bin", "--no-progress")
            head = aws.json("s3api", "head-object", "--bucket", bucket, "--key", "cli/large.bin")
            expect("size", head["ContentLength"], LARGE_BYTES)
            expect_that(re.search(r'-\d+"$', head["ETag"]), f"expected the ETag of several parts, found {head['ETag']}")
        with checks.check("s3 cp: 100 MB down, the same bytes"):
            aws.text("s3", "cp", f"s3://{bucket}/cli/large.bin", down.name, "--no-progress")
            expect("sha256", sha256(down), sha256(up))
        with checks.check("s3 mv: 100 MB in parts within the bucket"):
            aws.text("s3", "mv", f"s3://{bucket}/cli/large.bin", f"s3://{bucket}/cli/moved.bin", "--no-progress")
            expect("keys", keys(aws, bucket, "cli/"), ["cli/moved.bin"])
            aws.text("s3", "rm", f"s3://{bucket}/cli/moved.bin")
    finally:
        up.unlink(missing_ok=True)
        down.unlink(missing_ok=True)


def s3api(checks, aws, bucket):
    (aws.directory / "digits").write_text("0123456789")
    target = ["--bucket", bucket, "--key", "cli/digits"]
    with checks.check("s3api put-object --if-none-match: once, then refused"):
        aws.json("s3api", "put-object", *target, "--body", "digits", "--content-type", "text/x", "--metadata", "a=b", "--if-none-match", "*")
        expect("code", aws.refusal("s3api", "put-object", *target, "--body", "digits", "--if-none-match", "*")[0], "PreconditionFailed")
    with checks.check("s3api head-object"):
        head = aws.json("s3api", "head-object", *target)
        expect("head", (head["ContentLength"], head["ContentType"], head["Metadata"]), (10, "text/x", {"a": "b"}))
        expect("etag", head["ETag"], f'"{hashlib.md5(b"0123456789").hexdigest()}"')
        expect("missing", aws.refusal("s3api", "head-object", "--bucket", bucket, "--key", "cli/none")[0], "404")
    with checks.check("s3api get-object --range"):
        for asked, body in [("bytes=2-4", "234"), ("bytes=7-", "789"), ("bytes=-2", "89")]:
            found = aws.json("s3api", "get-object", *target, "--range", asked, "part")
            expect(asked, ((aws.directory / "part").read_text(), found["ContentLength"]), (body, len(body)))
        expect("beyond", aws.refusal("s3api", "get-object", *target, "--range", "bytes=20-", "part")[0], "InvalidRange")
        aws.text("s3", "rm", f"s3://{bucket}/cli/digits")


def sqs(checks, aws, pipeline):
    dead_letters = pipeline.ready["deadLetterQueueUrl"]
    with checks.check("sqs list-queues, get-queue-url, get-queue-attributes"):
        expect_that({pipeline.ready["queueUrl"], dead_letters} <= set(aws.json("sqs", "list-queues")["QueueUrls"]), "queues are missing")
        found = aws.json("sqs", "get-queue-url", "--queue-name", "file-processing-queue")
        expect("url", found["QueueUrl"], pipeline.ready["queueUrl"])
        attributes = aws.json("sqs", "get-queue-attributes", "--queue-url", found["QueueUrl"], "--attribute-names", "All")["Attributes"]
        expect("tries", int(json.loads(attributes["RedrivePolicy"])["maxReceiveCount"]), 5)
    with checks.check("sqs send-message, receive-message, delete-message"):
        queue = ["--queue-url", dead_letters]
        attribute = '{"n":{"DataType":"Number","StringValue":"7"}}'
        sent = aws.json("sqs", "send-message", *queue, "--message-body", "hello ünï", "--message-attributes", attribute)
        message = aws.json("sqs", "receive-message", *queue, "--wait-time-seconds", "2", "--attribute-names", "All", "--message-attribute-names", "All")["Messages"][0]
        expect("message", (message["MessageId"], message["Body"]), (sent["MessageId"], "hello ünï"))
        expect("attribute", message["MessageAttributes"]["n"]["StringValue"], "7")
        expect("count", message["Attributes"]["ApproximateReceiveCount"], "1")
        aws.text("sqs", "delete-message", *queue, "--receipt-handle", message["ReceiptHandle"])
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        left = aws.json("sqs", "get-queue-attributes", *queue, "--attribute-names", *names)["Attributes"]
        expect("left", left, {name: "0" for name in names})


def sns_subscribe(checks, aws):
    topics, queue = {}, ""
    with checks.check("sns list-topics, subscribe, list-subscriptions"):
        topics = {topic["TopicArn"].split(":")[-1]: topic["TopicArn"] for topic in aws.json("sns", "list-topics")["Topics"]}
        expect("topics", set(topics), {"PipelineSuccessNotifications", "PipelineFailureNotifications", "PipelineAlarms"})
        queue = aws.json("sqs", "create-queue", "--queue-name", "cli-subscriber")["QueueUrl"]
        arn = aws.json("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "QueueArn")["Attributes"]["QueueArn"]
        for topic in topics.values():
            aws.json("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", arn)
        subscriptions = aws.json("sns", "list-subscriptions")["Subscriptions"]
        expect("subscribed", {found["TopicArn"] for found in subscriptions if found["Endpoint"] == arn}, set(topics.values()))
    return topics, queue


def drop(checks, aws, pipeline):
    """Drops an order with an item, and returns its execution's name."""
    with checks.check("s3 cp into input/: an execution takes it up"):
        day = "2030-01-02T10:00:00"
        (aws.directory / "orders_cli.csv").write_bytes(csv_of("orders", [[90001, 5, "returned", day, "", "", "", 1]]))
        (aws.directory / "order_items_cli.csv").write_bytes(csv_of("order_items", [[90001, 90001, 5, "1", "sold", day, "", "", "", "2.345"]]))
        for name in ["order_items_cli.csv", "orders_cli.csv"]:
            aws.text("s3", "cp", name, f"s3://{pipeline.bucket}/input/from the CLI/{name}")
        pipeline.until_quiet()
        expect("archived", sum("from the CLI/" in key for key in keys(aws, pipeline.bucket, "archive/")), 2)
    return pipeline.executions(1)[0]["name"]


def sns_receive(checks, aws, topics, queue, execution):
    with checks.check("sqs receive-message: the subscriber was told of the execution"):
        bodies = []
        while found := aws.json("sqs", "receive-message", "--queue-url", queue, "--max-number-of-messages", "10"):
            bodies += [json.loads(message["Body"]) for message in found["Messages"]]
        expect("topics", {body["TopicArn"] for body in bodies}, {topics["PipelineSuccessNotifications"]})
        expect_that(any(execution in body["Message"] for body in bodies), f"{execution} is not named in {bodies}")


def step_functions(checks, aws, pipeline, succeeded):
    machine = pipeline.ready["stateMachineArn"]
    sfn = ["stepfunctions"]
    with checks.check("stepfunctions list-state-machines, describe-state-machine"):
        machines = {found["stateMachineArn"] for found in aws.json(*sfn, "list-state-machines")["stateMachines"]}
        expect("machines", machines, {machine, machine.replace("ECommerce-Pipeline-Orchestrator", "Pipeline-Run-Task")})
        described = aws.json(*sfn, "describe-state-machine", "--state-machine-arn", machine)
        expect("starts at", json.loads(described["definition"])["StartAt"], "ValidateFiles")
    with checks.check("stepfunctions list-executions, describe-execution, get-execution-history"):
        listed = aws.json(*sfn, "list-executions", "--state-machine-arn", machine, "--status-filter", "SUCCEEDED")["executions"]
        arn = next(found["executionArn"] for found in listed if found["name"] == succeeded)
        described = aws.json(*sfn, "describe-execution", "--execution-arn", arn)
        expect("status", (described["status"], described["stateMachineArn"]), ("SUCCEEDED", machine))
        events = aws.json(*sfn, "get-execution-history", "--execution-arn", arn)["events"]
        expect("events", (events[0]["type"], events[-1]["type"]), ("ExecutionStarted", "ExecutionSucceeded"))
        newest = aws.json(*sfn, "get-execution-history", "--execution-arn", arn, "--reverse-order", "--max-items", "1")["events"]
        expect("newest first", newest, events[-1:])
    with checks.check("stepfunctions start-execution, stop-execution"):
        # An execution without a batch fails by itself within seconds: it may be over before it is stopped.
        for number in range(5):
            name = f"by-hand-{number}"
            arn = aws.json(*sfn, "start-execution", "--state-machine-arn", machine, "--name", name, "--input", '{"n": 1}')["executionArn"]
            aws.json(*sfn, "stop-execution", "--execution-arn", arn, "--error", "Enough", "--cause", "by hand")
            found = aws.json(*sfn, "describe-execution", "--execution-arn", arn)
            if found["status"] == "ABORTED":
                break
        expect("stopped", (found["status"], found["error"], found["cause"]), ("ABORTED", "Enough", "by hand"))
        again = [*sfn, "start-execution", "--state-machine-arn", machine, "--name", name, "--input", '{"n": 2}']
        expect("the same name", aws.refusal(*again)[0], "ExecutionAlreadyExists")
    pipeline.until_quiet()


def dynamodb(checks, aws, pipeline):
    orders, categories = pipeline.ready["orderTable"], pipeline.ready["categoryTable"]
    with checks.check("dynamodb list-tables, describe-table"):
        of_other_marts = {"ProductSales", "CustomerValue", "InventoryStatus", "FunnelKpis", "TrafficKpis"}
        expect("tables", set(aws.json("dynamodb", "list-tables")["TableNames"]), {orders, categories, *of_other_marts, "FileLedger"})
        table = aws.json("dynamodb", "describe-table", "--table-name", categories)["Table"]
        expect("indexes", [index["IndexName"] for index in table["GlobalSecondaryIndexes"]], ["by-date"])
    with checks.check("dynamodb get-item: the KPIs of the day that was dropped"):
        item = aws.json("dynamodb", "get-item", "--table-name", orders, "--key", '{"order_date":{"S":"2030-01-02"}}')["Item"]
        numbers = {"total_orders": "1", "total_revenue": "2.35", "total_items_sold": "1", "unique_customers": "1", "return_rate": "100", "returned_orders": "1"}
        expect("item", item, {"order_date": {"S": "2030-01-02"}, **{name: {"N": value} for name, value in numbers.items()}})
    with checks.check("dynamodb query: by key and by index"):
        value = ["--expression-attribute-values", '{":d":{"S":"2030-01-02"}}']
        by_date = aws.json("dynamodb", "query", "--table-name", categories, "--index-name", "by-date", "--key-condition-expression", "order_date = :d", *value)
        expect("by-date", [item["daily_revenue"]["N"] for item in by_date["Items"]], ["2.35"])
        by_key = aws.json("dynamodb", "query", "--table-name", orders, "--key-condition-expression", "order_date = :d", *value)
        expect("by key", by_key["Count"], 1)
    with checks.check("dynamodb scan: pages, filter, projection"):
        everything = aws.json("dynamodb", "scan", "--table-name", categories)
        expect("paged", aws.json("dynamodb", "scan", "--table-name", categories, "--page-size", "2")["Count"], everything["Count"])
        late = aws.json(
            *["dynamodb", "scan", "--table-name", orders, "--filter-expression", "order_date > :d", "--projection-expression", "order_date"],
            *["--expression-attribute-values", '{":d":{"S":"2030-01-01"}}'],
        )
        expect("filtered", late["Items"], [{"order_date": {"S": "2030-01-02"}}])


def refusals(checks, aws, pipeline):
    for arguments, name in NOT_SERVED:
        with checks.check(f"{arguments[0]} {arguments[1]}: not served, and named in an AWS error"):
            filled = [part.format(bucket=pipeline.bucket, queue=pipeline.ready["queueUrl"]) for part in arguments]
            code, message = aws.refusal(*filled)
            expect_that(name.lower() in message.lower(), f"expected {name} in the message, found {code}: {message}")
    curl = shutil.which("curl")
    if not curl:
        checks.skip("requests without an Authorization header", "there is no curl on the PATH")
        return
    calls = {
        "s3": ["-X", "PUT", "--data", "x", f"/{pipeline.bucket}/input/orders.csv"],
        "sqs": ["-H", "x-amz-target: AmazonSQS.ListQueues", "-H", "content-type: application/x-amz-json-1.0", "--data", "{}", "/"],
        "sns": ["--data", "Action=ListTopics&Version=2010-03-31", "/"],
    }
    for service, (*options, path) in calls.items():
        with checks.check(f"curl without an Authorization header: refused by {service}"):
            command = [curl, "--silent", "--write-out", "\n%{http_code}", *options, pipeline.ready["endpoint"] + path]
            body, status = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)
            expect("status", status, "403")
            expect_that("MissingAuthenticationToken" in body, f"expected MissingAuthenticationToken, found {body}")


def keys(aws, bucket, prefix):
    found = aws.json("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix)
    return [entry["Key"] for entry in (found or {}).get("Contents", [])]


def texts(directory):
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def write_large(path):
    """Bytes that repeat nowhere, the same each time."""
    with open(path, "wb") as file:
        block = hashlib.shake_256(b"daybook").digest(1024 * 1024)
        for number in range(LARGE_BYTES // len(block)):
            file.write(number.to_bytes(8, "big") + block[8:])


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(file.read()).hexdigest()
