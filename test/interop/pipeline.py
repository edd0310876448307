"""`daybook local` as a process of its own, driven through its endpoint as any foreign program would."""

import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

import boto3
from botocore.config import Config

START_SECONDS = 60
QUIET_SECONDS = 120
STOP_SECONDS = 20


class Pipeline:
    """A pipeline in a directory of its own. Leaving the `with` block ends it."""

    def __init__(self, directory, every=1, template=None, options=(), environment=None, quiet_seconds=QUIET_SECONDS):
        """
        :param every: seconds between calls of the orchestrator; 0: nobody calls it
        :param template: the directory of another template than that of the build
        :param options: others of `daybook local`
        :param environment: variables of it, besides those of this process
        :param quiet_seconds: how long to wait for what was dropped
        """
        self.options = ["--every", str(every), *(["--template", str(template)] if template else []), *options]
        self.more_environment = environment or {}
        self.quiet_seconds = quiet_seconds
        self.directory = Path(directory)
        self.directory.mkdir(parents=True)

    def __enter__(self):
        self.log = open(self.directory / "daybook.log", "w")
        command = ["node", "bin/daybook.cjs", "local", "--port", "0", "--ready-json", *self.options]
        self.process = subprocess.Popen(
            [*command, "--data", str(self.directory / "data")],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**clean_environment(), **self.more_environment},
        )
        try:
            self.ready = json.loads(self._first_line())
        except BaseException:
            self.__exit__()
            raise
        # From here on boto3 finds the pipeline as any program of a user does: by the environment.
        os.environ.update(self.environment)
        self.bucket = self.ready["bucket"]
        self.s3 = self.client("s3")
        self.sqs = self.client("sqs")
        self.sfn = self.client("stepfunctions")
        self.sns = self.client("sns")
        self.dynamodb = self.client("dynamodb")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def _first_line(self):
        # The process ends by itself where it cannot start, and the pipe with it.
        is_told, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if is_told else ""
        if not line:
            raise RuntimeError(f"daybook local did not start: {(self.directory / 'daybook.log').read_text()[-2000:]}")
        return line

    @property
    def environment(self):
        """What a user of the AWS CLI sets: the endpoint, and credentials, whichever."""
        return {
            **clean_environment(),
            "AWS_ENDPOINT_URL": self.ready["endpoint"],
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    @staticmethod
    def client(service):
        return boto3.client(service, config=Config(retries={"total_max_attempts": 1}))

    def drop(self, files):
        """Uploads files, key below input/ to bytes, one after the other, and waits until they are in the KPIs."""
        for key, body in files.items():
            self.s3.put_object(Bucket=self.bucket, Key=f"input/{key}", Body=body)
        self.until_quiet()

    def until_quiet(self):
        """Until no message waits and no execution runs."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        deadline = time.monotonic() + self.quiet_seconds
        while True:
            # The queue first: a message that leaves it is in an execution by the time that is asked for.
            queue = self.sqs.get_queue_attributes(QueueUrl=self.ready["queueUrl"], AttributeNames=names)["Attributes"]
            if sum(map(int, queue.values())) == 0 and not any(e["status"] == "RUNNING" for e in self.executions(1)):
                break
            if time.monotonic() > deadline:
                raise TimeoutError(f"still at work after {self.quiet_seconds} s: queue {queue}, {self.executions(1)}")
            time.sleep(0.1)

    def executions(self, limit=100):
        """Newest first."""
        arn = self.ready["stateMachineArn"]
        return self.sfn.list_executions(stateMachineArn=arn, maxResults=limit)["executions"]

    def keys(self, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def version(self, location):
        """The newest version of a table, by the names in its log."""
        entries = [key for key in self.keys(f"{location}/_delta_log/") if key.endswith(".json")]
        return max(int(Path(key).stem) for key in entries) if entries else None

    def copy_out(self, prefixes, directory):
        """Objects below the prefixes as files; keys become paths as they are."""
        for prefix in prefixes:
            for key in self.keys(prefix):
                path = Path(directory, key)
                path.parent.mkdir(parents=True, exist_ok=True)
                self.s3.download_file(self.bucket, key, str(path))

    def put_back(self, table_dir, location):
        """A table's files into the bucket, but for the checksums that some writers keep of local files."""
        for path in sorted(Path(table_dir).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                self.s3.upload_file(str(path), self.bucket, f"{location}/{path.relative_to(table_dir).as_posix()}")

    def kpis(self, table):
        """Every item of a KPI table, numbers as decimals."""
        return boto3.resource("dynamodb").Table(table).scan()["Items"]


def clean_environment():
    """This process's environment without what would lead a client to another endpoint or account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**kept, **nowhere, "AWS_EC2_METADATA_DISABLED": "true"}
