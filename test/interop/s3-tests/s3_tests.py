"""Ceph's conformance tests of S3 against the local S3. `selected.txt` lists those that apply, and whether they pass.

    s3_tests.py TESTS            runs the selected ones; fails where one does not end as it is listed
    s3_tests.py TESTS --survey   runs all, selects anew, and writes the list and its page; reasons of failures are kept
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from selection import UNKNOWN, read_list, select, write_list, write_page

FILES = ["test_s3.py", "test_headers.py"]
SECONDS = 3600

# As they ask for it: more accounts than we have, though no test of theirs is selected.
CONFIGURATION = """[DEFAULT]
host = 127.0.0.1
port = {port}
is_secure = False
ssl_verify = False
[fixtures]
bucket prefix = daybook-{{random}}-
"""
SECTIONS = ["s3 main", "s3 alt", "s3 tenant", "iam", "iam root", "iam alt root"]
FIELDS = ["access_key", "secret_key", "user_id", "display_name", "email", "tenant"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tests", type=Path, help="a checkout of s3-tests")
    parser.add_argument("--server", default="dist/interop/s3-server.cjs")
    parser.add_argument("--survey", action="store_true")
    options = parser.parse_args()
    # Whatever ends this process ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    listed = read_list()
    with tempfile.TemporaryDirectory(prefix="daybook-s3-tests-") as directory:
        names = FILES if options.survey else sorted(listed)
        found = run(options.tests, options.server, Path(directory), names)
    if options.survey:
        survey(found, listed, options.tests)
    else:
        compare(found, listed)


def run(tests, server, directory, names):
    """Every test that ran: its outcome, and what of it does not apply."""
    report = directory / "report.json"
    process = subprocess.Popen(["node", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        configuration = CONFIGURATION.format(port=process.stdout.readline().strip())
        for section in SECTIONS:
            fields = [f"{field} = {section.replace(' ', '-')}-{field}" for field in FIELDS]
            configuration += "\n".join([f"[{section}]", *fields, ""])
        (directory / "s3tests.conf").write_text(configuration)
        with open(directory / "pytest.log", "w+") as log:
            ended = subprocess.run(
                [sys.executable, "-m", "pytest", "-p", "recorder", "-p", "no:cacheprovider", "-q", "--tb=short"]
                + [f"s3tests/functional/{name}" for name in names],
                cwd=tests,
                env={
                    **os.environ,
                    "PYTHONPATH": str(Path(__file__).parent.absolute()),
                    "S3TEST_CONF": str(directory / "s3tests.conf"),
                    "S3_TESTS_REPORT": str(report),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
            )
            if not report.exists():
                log.seek(0)
                sys.exit(f"s3-tests: pytest ended with {ended.returncode} and no report\n{log.read()[-3000:]}")
    finally:
        process.stdin.close()
        process.wait(30)
    return json.loads(report.read_text())


def compare(found, listed):
    """Ends this process, with 1 where a test did not end as it is listed."""
    wrong = []
    for name, (outcome, _) in sorted(listed.items()):
        was = found.get(name, {"outcome": "not run", "message": ""})
        if was["outcome"] != outcome:
            hint = "; list it as passed" if was["outcome"] == "passed" else ""
            wrong.append(f"{name}: {was['outcome']}, listed as {outcome}{hint}\n         {was['message']}")
    for line in wrong:
        print(f"FAILED {line}")
    passed = sum(test["outcome"] == "passed" for test in found.values())
    print(f"s3-tests: {len(listed)} selected, {passed} passed, {len(wrong)} not as listed")
    sys.exit(1 if wrong or not listed else 0)


def survey(found, listed, tests):
    """Ends this process, with 1 where a failure has no reason yet."""
    selected, left_out = select(found, listed)
    write_list(selected)
    head = subprocess.run(["git", "-C", tests, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    write_page(selected, left_out, found, head.stdout.strip())
    unexplained = [name for name, (_, reason) in selected.items() if reason.startswith(UNKNOWN)]
    print(f"s3-tests: {len(found)} in all, {len(selected)} selected; without a reason: {unexplained or 'none'}")
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
