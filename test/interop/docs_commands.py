"""Runs the blocks of docs/deploy.md that say where they are tried, as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

from checks import Mismatch, expect_that

PAGE = Path("docs/deploy.md")
BLOCK = re.compile(r"<!-- tried: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
PLACES = {"moto", "local"}


def blocks(where):
    """Heading and commands of each block, in the page's order."""
    found = []
    heading = ""
    for part in re.split(r"^(## .*)$", PAGE.read_text(), flags=re.MULTILINE):
        if part.startswith("## "):
            heading = part[3:]
        for place, commands in BLOCK.findall(part):
            expect_that(place in PLACES, f"{PAGE}: nothing is tried in {place}")
            if place == where:
                found.append((heading, commands))
    expect_that(found, f"{PAGE} has no block that is tried in {where}")
    return found


def run(checks, where, environment, between=lambda: None, headings=None):
    """
    @param between what happens after each block
    @param headings the parts of the page that are meant; all of them where none are given
    """
    unknown = set(headings or ()) - {heading for heading, _ in blocks(where)}
    expect_that(not unknown, f"{PAGE} has nothing to try in {where} under {unknown}")
    for heading, commands in blocks(where):
        if headings and heading not in headings:
            continue
        last = commands.strip().splitlines()[-1].strip()
        with checks.check(f"docs/deploy.md, {heading}: {last[:60]}"):
            run_shell(commands, environment)
            between()


def run_shell(commands, environment):
    """Runs commands with the AWS CLI of this virtual environment and the project's own commands; the first one that fails is an error."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.path.abspath("node_modules/.bin"), os.environ["PATH"]])
    run_program(["bash", "-c", f"set -euo pipefail\n{commands}"], {**environment, "PATH": path, "AWS_PAGER": ""})


def run_program(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        raise Mismatch(f"exit code {done.returncode}: {done.stdout[-700:]}{done.stderr[-700:]}")
