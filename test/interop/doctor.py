"""`daybook doctor` against moto: before a deployment, after it, and with faults. moto lacks some of its APIs."""

import json
import os
import re
import stat
import subprocess

import boto3
from checks import Mismatch, demand, expect, expect_that

# A check in JSON, or its line.
CHECKS = re.compile(r'{"check"[^}]*}|^  \S.*$', re.MULTILINE)
WITHOUT_SUBSCRIBERS = ["bucket-notification", "queue-policy", "schedules", "alarms", "dead-letters"]
DEPLOYMENT = [*WITHOUT_SUBSCRIBERS, "subscriptions"]


def new_account(checks, directory):
    with checks.check("daybook doctor in a new account: what is missing, and its remedy"):
        found = doctor(directory, 1)
        statuses(found, {"cdk-bootstrap": "failed", "ecs-service-linked-role": "warning", "stack": "ok"})
        expect("the remedy", found["cdk-bootstrap"]["remedy"], "npx cdk bootstrap aws://123456789012/us-east-1")
        statuses(found, {check: "skipped" for check in DEPLOYMENT})
        remedy = found["ecs-service-linked-role"]["remedy"]
        expect_that(remedy.startswith("aws iam create-service-linked-role "), remedy)
    # moto spells the names of service-linked roles in its own way.
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    boto3.client("iam").create_role(RoleName="AWSServiceRoleForECS", AssumeRolePolicyDocument=policy)


def before(checks, directory):
    with checks.check("daybook doctor before the deployment: nothing fails"):
        found = doctor(directory, 0)
        expected = ["container-engine", "cdk-bootstrap", "stack", "existing-resources", "ecs-service-linked-role"]
        statuses(found, {check: "ok" for check in [*expected, "function-memory", "vpcs", "fargate-zones"]})
        zones = found["fargate-zones"]["message"]
        expect_that(zones.startswith("us-east-1a (use1-az") and ", us-east-1b (use1-az" in zones, zones)
    with checks.check("daybook doctor says in a line what it could not check"):
        lines = text(directory, 0)
        unknown = [line for line in lines if line.startswith("  unknown ") and "could not be checked: " in line]
        names = ["concurrent executions of Lambda", "vCPUs of Fargate"]
        demand(f"no line for {name}" for name in names if not any(name in line for line in unknown))


def left_over(checks, directory):
    """A table and a queue of the deployment's names, without a stack."""
    dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
    dynamodb.create_table(
        TableName="OrderKPIs",
        KeySchema=[{"AttributeName": "order_date", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order_date", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with checks.check("daybook doctor finds a table that can be imported"):
        found = doctor(directory, 0)["existing-resources"]
        expect("the result", found["status"], "warning")
        expect("the remedy", found["remedy"], "npx cdk deploy --import-existing-resources")
    url = sqs.create_queue(QueueName="file-processing-queue")["QueueUrl"]
    with checks.check("daybook doctor finds a queue that cannot be imported"):
        found = doctor(directory, 1)["existing-resources"]
        expect_that(found["message"].startswith("file-processing-queue exist"), found["message"])
    sqs.delete_queue(QueueUrl=url)
    dynamodb.delete_table(TableName="OrderKPIs")


def after(checks, directory, prefix=""):
    copy = f" of {prefix}" if prefix else ""
    with checks.check(f"daybook doctor after the deployment{copy}: nothing fails"):
        found = doctor(directory, 0, prefix)
        statuses(found, {check: "ok" for check in ["stack", "existing-resources", *WITHOUT_SUBSCRIBERS]})
        subscriptions = found["subscriptions"]
        if prefix:
            expect("the subscriptions", subscriptions["message"], "5 subscriptions, all confirmed")
        else:
            expect("the subscriptions", subscriptions["status"], "warning")


def faults(checks, directory):
    """Something is wrong with each part of the deployment, one after the other."""
    scheduler, cloudwatch, sqs, s3 = (boto3.client(name) for name in ["scheduler", "cloudwatch", "sqs", "s3"])
    name = "Five-Minute-Pipeline-Trigger"
    schedule = scheduler.get_schedule(Name=name)
    given = {key: schedule[key] for key in ["FlexibleTimeWindow", "ScheduleExpression", "Target"]}
    bucket = f"daybook-123456789012-{os.environ['AWS_REGION']}"
    url = sqs.get_queue_url(QueueName="file-processing-queue")["QueueUrl"]
    dead = sqs.get_queue_url(QueueName="file-processing-queue-dlq")["QueueUrl"]
    with checks.check("daybook doctor finds a fault in each part of the deployment"):
        policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
        notification = s3.get_bucket_notification_configuration(Bucket=bucket)
        scheduler.update_schedule(Name=name, State="DISABLED", **given)
        cloudwatch.set_alarm_state(AlarmName="Daybook-execution-failed", StateValue="ALARM", StateReason="a check")
        sqs.send_message(QueueUrl=dead, MessageBody="{}")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
        found = doctor(directory, 1)
        statuses(found, {check: "failed" for check in WITHOUT_SUBSCRIBERS})
        expect("the remedy of the alarm", found["alarms"]["remedy"], "docs/runbook.md#execution-failed")
        lines = text(directory, 1)
        wanted = f"  failed   schedules                        not enabled: {name}"
        expect_that(wanted in lines, "\n".join(lines))
        scheduler.update_schedule(Name=name, State="ENABLED", **given)
        cloudwatch.set_alarm_state(AlarmName="Daybook-execution-failed", StateValue="OK", StateReason="a check")
        sqs.purge_queue(QueueUrl=dead)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        notification.pop("ResponseMetadata")
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=notification)
        statuses(doctor(directory, 0), {check: "ok" for check in WITHOUT_SUBSCRIBERS})


def statuses(found, expected):
    demand(
        f"{check}: expected {status}, found {found[check]['status']}: {found[check]['message']}"
        for check, status in expected.items()
        if found[check]["status"] != status
    )


def doctor(directory, exit_code, prefix=""):
    """@returns the result of each check"""
    output = run(directory, ["--json"], exit_code, prefix)
    return {one["check"]: one for one in json.loads(output)["checks"]}


def text(directory, exit_code):
    return run(directory, [], exit_code, "").splitlines()


def run(directory, arguments, exit_code, prefix):
    environment = {**os.environ, "DAYBOOK_PREFIX": prefix, "CDK_DOCKER": engine(directory)}
    done = subprocess.run(
        ["npx", "daybook", "doctor", *arguments], env=environment, capture_output=True, text=True, timeout=120
    )
    if done.returncode != exit_code:
        failures = [one for one in CHECKS.findall(done.stdout) if '"failed"' in one or "failed  " in one]
        raise Mismatch(f"exit code {done.returncode}, expected {exit_code}: {done.stderr}{' '.join(failures)}")
    return done.stdout


def engine(directory):
    """A container engine that only says its version, as this computer may have none."""
    file = directory / "finch"
    if not file.exists():
        file.write_text("#!/bin/sh\necho 1.2.3\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)
