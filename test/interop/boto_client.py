"""boto3: drops the fixtures and reads their KPIs, then what a program in Python does with each service."""

import hashlib
import io
import json
import time
from pathlib import Path

import boto3
from boto3.dynamodb.conditions import Key
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from checks import demand, expect, expect_that
from tables import same_items

FIXTURES = Path("fixtures/days")
MEGABYTE = 1024 * 1024


def run(checks, pipeline):
    expected = json.loads((FIXTURES / "expected.json").read_text())
    tables = [("order_kpis", pipeline.ready["orderTable"]), ("category_kpis", pipeline.ready["categoryTable"])]
    for number, drop in enumerate(sorted(path for path in FIXTURES.iterdir() if path.is_dir()), 1):
        files = {f"{drop.name}/{path.name}": path.read_bytes() for path in sorted(drop.iterdir())}
        pipeline.drop(files)
        with checks.check(f"drop {number} of the fixtures: the KPIs that were worked out by hand"):
            expect("the execution", pipeline.executions(1)[0]["status"], "SUCCEEDED")
            held = expected["after_first_drop"] if number == 1 else expected
            for name, table in tables:
                same_items(pipeline.kpis(table), held[name])
    with checks.check("every file of the fixtures is archived or rejected, as expected"):
        expect("input/", pipeline.keys("input/"), [])
        for outcome, prefix in [("valid", "archive/"), ("invalid", "rejected/")]:
            # <prefix>{execution}/<path below input>
            found = {key.split("/", 2)[2] for key in pipeline.keys(prefix)}
            there = {file["path"] for file in expected["files"] if file["outcome"] == outcome}
            expect(f"missing below {prefix}", there - found, set())
    s3(checks, pipeline)
    sqs_and_sns(checks, pipeline)
    step_functions(checks, pipeline)
    dynamodb(checks, pipeline, expected)


def s3(checks, pipeline):
    client, bucket = pipeline.s3, pipeline.bucket
    with checks.check("s3: a transfer of 20 MB in parts, up and down, keeps its bytes and metadata"):
        body = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(20 * MEGABYTE // 32))
        config = TransferConfig(multipart_threshold=5 * MEGABYTE, multipart_chunksize=5 * MEGABYTE, max_concurrency=4)
        extra = {"Metadata": {"sent-by": "boto3"}, "ContentType": "text/csv"}
        client.upload_fileobj(io.BytesIO(body), bucket, "boto3/large.bin", ExtraArgs=extra, Config=config)
        head = client.head_object(Bucket=bucket, Key="boto3/large.bin")
        expect("head", (head["ContentLength"], head["Metadata"], head["ContentType"]), (len(body), extra["Metadata"], "text/csv"))
        expect_that(head["ETag"].endswith('-4"'), f"expected the ETag of four parts, found {head['ETag']}")
        back = io.BytesIO()
        client.download_fileobj(bucket, "boto3/large.bin", back, Config=config)
        expect("bytes", hashlib.sha256(back.getvalue()).hexdigest(), hashlib.sha256(body).hexdigest())
    keys = [f"boto3/keys/{name}" for name in ["a b+c", "100%", "ünï\U0001f600", "quote'\"", "semi;colon&amp=1", "tab\there"]]
    with checks.check("s3: keys with spaces, signs and emoji, listed in pages, deleted together"):
        for key in keys:
            client.put_object(Bucket=bucket, Key=key, Body=key.encode())
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="boto3/keys/", PaginationConfig={"PageSize": 2})
        expect("keys", [found["Key"] for page in pages for found in page["Contents"]], sorted(keys, key=str.encode))
        for key in keys:
            expect(key, client.get_object(Bucket=bucket, Key=key)["Body"].read(), key.encode())
        deleted = client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        expect("deleted", {found["Key"] for found in deleted["Deleted"]}, set(keys))
        expect("left", pipeline.keys("boto3/keys/"), [])
    with checks.check("s3: conditional writes and reads, ranges, copies"):
        put = client.put_object(Bucket=bucket, Key="boto3/once", Body=b"0123456789", IfNoneMatch="*", ChecksumAlgorithm="SHA256")
        refused(412, lambda: client.put_object(Bucket=bucket, Key="boto3/once", Body=b"x", IfNoneMatch="*"))
        refused(412, lambda: client.get_object(Bucket=bucket, Key="boto3/once", IfMatch='"other"'))
        refused(304, lambda: client.get_object(Bucket=bucket, Key="boto3/once", IfNoneMatch=put["ETag"]))
        refused(404, lambda: client.head_object(Bucket=bucket, Key="boto3/none"))
        part = client.get_object(Bucket=bucket, Key="boto3/once", Range="bytes=-3")
        expect("range", (part["ResponseMetadata"]["HTTPStatusCode"], part["ContentRange"], part["Body"].read()), (206, "bytes 7-9/10", b"789"))
        source = {"Bucket": bucket, "Key": "boto3/once"}
        client.copy_object(Bucket=bucket, Key="boto3/twice", CopySource=source, CopySourceIfMatch=put["ETag"])
        refused(412, lambda: client.copy_object(Bucket=bucket, Key="boto3/x", CopySource=source, CopySourceIfMatch='"other"'))
        refused(412, lambda: client.delete_object(Bucket=bucket, Key="boto3/twice", IfMatch='"other"'))
        objects = boto3.resource("s3").Bucket(bucket).objects.filter(Prefix="boto3/")
        expect("left", {found.key for found in objects}, {"boto3/large.bin", "boto3/once", "boto3/twice"})
        objects.delete()


def sqs_and_sns(checks, pipeline):
    with checks.check("sqs: a queue of its own, messages in batches, changed visibility"):
        queue = boto3.resource("sqs").create_queue(QueueName="boto3-queue", Attributes={"VisibilityTimeout": "30"})
        entries = [{"Id": str(number), "MessageBody": f"message {number} \U0001f600"} for number in range(3)]
        expect("sent", len(queue.send_messages(Entries=entries)["Successful"]), 3)
        received = receive(queue, 3)
        expect("bodies", {message.body for message in received}, {entry["MessageBody"] for entry in entries})
        received[0].change_visibility(VisibilityTimeout=0)
        expect("again", receive(queue, 1)[0].body, received[0].body)
    with checks.check("sns: what is published reaches a queue that subscribes, attributes with it"):
        topics = [topic["TopicArn"] for topic in pipeline.sns.list_topics()["Topics"]]
        failures = next(arn for arn in topics if arn.endswith("PipelineFailureNotifications"))
        queue.purge()
        pipeline.sns.subscribe(TopicArn=failures, Protocol="sqs", Endpoint=queue.attributes["QueueArn"])
        attributes = {"task": {"DataType": "String", "StringValue": "transform"}}
        sent = pipeline.sns.publish(TopicArn=failures, Subject="trial", Message="ünï", MessageAttributes=attributes)
        envelope = json.loads(receive(queue, 1)[0].body)
        found = {name: envelope[name] for name in ["Type", "TopicArn", "MessageId", "Subject", "Message"]}
        told = {"Type": "Notification", "TopicArn": failures, "MessageId": sent["MessageId"], "Subject": "trial", "Message": "ünï"}
        expect("envelope", found, told)
        expect("attributes", envelope["MessageAttributes"], {"task": {"Type": "String", "Value": "transform"}})
        queue.delete()


def step_functions(checks, pipeline):
    with checks.check("stepfunctions: the history of an execution, in pages, names every state it went through"):
        arn = pipeline.executions(1)[0]["executionArn"]
        pages = pipeline.sfn.get_paginator("get_execution_history").paginate(executionArn=arn, PaginationConfig={"PageSize": 10})
        events = [event for page in pages for event in page["events"]]
        expect("ids", [event["id"] for event in events], list(range(1, len(events) + 1)))
        entered = [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]
        expect("the first and last states", (entered[0], entered[-1]), ("ValidateFiles", "NotifySuccess"))
        expect("the last event", events[-1]["type"], "ExecutionSucceeded")
    with checks.check("stepfunctions: an execution that is not there is refused"):
        refused(400, lambda: pipeline.sfn.describe_execution(executionArn=f"{arn}-none"), "ExecutionDoesNotExist")


def dynamodb(checks, pipeline, expected):
    with checks.check("dynamodb: a category by its days, a day by its categories, in pages"):
        table = boto3.resource("dynamodb").Table(pipeline.ready["categoryTable"])
        unknown = table.query(KeyConditionExpression=Key("category").eq("Unknown") & Key("order_date").gte("2025-03-10"))
        same_items(unknown["Items"], [row for row in expected["category_kpis"] if (row["category"], row["order_date"]) == ("Unknown", "2025-03-10")])
        found, start = [], {}
        while start is not None:
            page = table.query(IndexName="by-date", KeyConditionExpression=Key("order_date").eq("2025-03-09"), Limit=2, **start)
            found += page["Items"]
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None
        same_items(found, [row for row in expected["category_kpis"] if row["order_date"] == "2025-03-09"])
        expect("order", [item["category"] for item in found], sorted(item["category"] for item in found))


def receive(queue, count):
    """So many messages, within ten seconds."""
    received, deadline = [], time.monotonic() + 10
    while len(received) < count and time.monotonic() < deadline:
        received += queue.receive_messages(MaxNumberOfMessages=10, WaitTimeSeconds=2)
    expect("messages received", len(received), count)
    return received


def refused(status, call, code=None):
    try:
        call()
    except ClientError as error:
        expect("status", error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        if code is not None:
            expect("code", error.response["Error"]["Code"], code)
    else:
        demand([f"expected an answer with status {status}, but the call succeeded"])
