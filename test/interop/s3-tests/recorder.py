"""A pytest plugin, loaded beside s3-tests: cleans up without versions, records which operations each test asks for, and
ends a test as soon as it asks for something that does not apply to the local S3."""

import json
import os
import re
from collections import defaultdict

import botocore.session
import pytest
import requests

# Parameters and headers that stand for a feature the local S3 does not have and reads over: a test of theirs says nothing.
FEATURES = {
    "access control lists": re.compile(r"^(ACL|Grant\w+|ObjectOwnership|x-amz-(acl|grant-.*))$"),
    "encryption": re.compile(
        r"^(SSE\w+|ServerSideEncryption|CopySourceSSE\w+|BucketKeyEnabled|x-amz-server-side-encryption.*)$"
    ),
    "object lock": re.compile(r"^(ObjectLock\w+|BypassGovernanceRetention)$"),
    "storage classes": re.compile(r"^StorageClass$"),
}
UNSIGNED = "requests that are not signed, or in their query, or by a form"

unfit = {}
operations = defaultdict(set)
outcomes = {}
running = None
main_key = None


def leave_out(reason):
    """Ends the test that is running, as the rest of it would take time and tell nothing."""
    if running is not None:
        unfit[running] = reason
        pytest.skip(reason)


def leave_out_features(names):
    for name in names:
        for feature, pattern in FEATURES.items():
            if pattern.match(name):
                leave_out(feature)


def before_call(params, model, **_):
    if model.service_model.service_name != "s3":
        leave_out("another service")
    leave_out_features(params)
    if running is not None:
        operations[running].add(model.name)


def before_send(request, **_):
    leave_out_features(name.lower() for name in request.headers.keys())
    authorization = request.headers.get("Authorization", b"")
    text = authorization.decode() if isinstance(authorization, bytes) else authorization
    if text.startswith("AWS "):
        leave_out("signature version 2")
    elif not text:
        leave_out(UNSIGNED)
    elif main_key not in text:
        leave_out("a second account")


def received(response_dict, **_):
    if response_dict["status_code"] == 501 and b"The operation " in response_dict["body"]:
        leave_out("operations that are not served")


def listing(client, bucket, batch_size):
    """In place of s3-tests' own, which lists versions."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, MaxKeys=batch_size):
        if page.get("Contents"):
            yield [{"Key": one["Key"]} for one in page["Contents"]]


def pytest_configure(config):
    global main_key
    config.addinivalue_line("markers", "fails_on_aws")
    import s3tests.functional as functional

    functional.list_versions = listing
    functional.configure()
    main_key = functional.config.main_access_key

    original = botocore.session.Session.__init__

    def initialized(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.register("before-parameter-build", before_call)
        self.register("before-send", before_send)
        self.register("before-parse", received)

    botocore.session.Session.__init__ = initialized
    send = requests.Session.request

    def sent(self, *args, **kwargs):
        leave_out(UNSIGNED)
        return send(self, *args, **kwargs)

    requests.Session.request = sent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    global running
    running = item.nodeid
    try:
        if item.get_closest_marker("fails_on_aws"):
            leave_out("what AWS does otherwise, by their own mark")
        return (yield)
    finally:
        running = None


def pytest_runtest_logreport(report):
    if report.when == "call" or not report.passed:
        message = str(report.longrepr).strip().splitlines()[-1] if report.failed else ""
        outcomes.setdefault(report.nodeid, (report.outcome, message))


def pytest_sessionfinish():
    with open(os.environ["S3_TESTS_REPORT"], "w") as file:
        found = {
            name.split("functional/")[-1]: {
                "outcome": outcome,
                "message": message,
                "unfit": unfit.get(name),
                "operations": sorted(operations[name]),
            }
            for name, (outcome, message) in outcomes.items()
        }
        json.dump(found, file, indent=1)
