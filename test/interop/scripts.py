"""The scripts of this directory that run in Node, as `run` builds them."""

import os
import subprocess

from checks import Mismatch


def run_script(name, *arguments):
    """What a script prints."""
    command = ["node", f"dist/interop/{name}.cjs", *arguments]
    environment = {**os.environ, "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise Mismatch(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout
