"""Runs what docs/events.md says for producers in Python and in a shell, as it stands there, against a queue and a stream."""

import gzip
import json
import re
import sys
import time
from pathlib import Path

from checks import Mismatch, expect, expect_that
from docs_commands import run_program, run_shell
from pipeline import Pipeline

PAGE = Path("docs/events.md")
BLOCK = re.compile(r"```(python|sh)\n(.*?)```", re.DOTALL)
# By the id of the event in a block of the page: its entry point, and what it says.
BLOCKS = {
    "sqs-2": ("sqs", {"event_name": "refund", "transaction_id": "1001"}),
    "sqs-3": ("sqs", {"event_name": "login"}),
    "kinesis-2": ("kinesis", {"event_name": "view_item", "client_id": "c1"}),
    "kinesis-3": ("kinesis", {"event_name": "page_view"}),
}
ARRIVAL_SECONDS = 60


def run(checks, directory):
    with Pipeline(directory, every=0, options=["--event-stream"]) as pipeline:
        for event_id, (source, members) in BLOCKS.items():
            language, program = block_with(event_id)
            with checks.check(f"{PAGE}: the {language} for {source} sends its event"):
                send(pipeline, language, program)
                found = arrived(pipeline, event_id)
                expect("source", found["source"], source)
                expect("event", {name: found["event"].get(name) for name in members}, members)


def block_with(event_id):
    found = [(language, text) for language, text in BLOCK.findall(PAGE.read_text()) if f'"{event_id}"' in text]
    expect_that(len(found) == 1, f"{PAGE}: expected one block with {event_id}, found {len(found)}")
    return found[0]


def send(pipeline, language, program):
    environment = {**pipeline.environment, "EVENT_QUEUE_URL": pipeline.ready["eventQueueUrl"]}
    if language == "python":
        run_program([sys.executable, "-c", program], environment)
    else:
        run_shell(of_version_1(program, pipeline), environment)


def of_version_1(program, pipeline):
    """As the page says for the CLI of PyPI; see aws_cli.py for the endpoint of SQS."""
    endpoint = f"--endpoint-url {pipeline.environment['AWS_ENDPOINT_URL']}"
    return program.replace(" --cli-binary-format raw-in-base64-out", "").replace("aws sqs", f"aws {endpoint} sqs")


def arrived(pipeline, event_id):
    """The raw event with that id."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while time.monotonic() < deadline:
        for key in pipeline.keys("input/events/"):
            lines = gzip.decompress(pipeline.s3.get_object(Bucket=pipeline.bucket, Key=key)["Body"].read())
            for line in lines.decode().splitlines():
                event = json.loads(line)
                if event["event_id"] == event_id:
                    return event
        time.sleep(0.2)
    raise Mismatch(f"{event_id} did not arrive within {ARRIVAL_SECONDS} s: {pipeline.keys('input/events/')}")
