"""The modules that the Dockerfile installs, for both architectures, from npm's registry."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from checks import Mismatch, expect, expect_that

CONTEXT = Path("dist/image")

# ELF's e_machine, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
MACHINES = {"linux/amd64": 62, "linux/arm64": 183}
# What Debian 13, the base image's system, has of each library.
HAS = {"GLIBC": (2, 41), "GLIBCXX": (3, 4, 33), "CXXABI": (1, 3, 15)}
# A process space of one's own: for root, for whoever may make user spaces, for whoever may become root.
PROCESS_SPACE = ["unshare", "--pid", "--fork", "--kill-child=SIGTERM"]
WAYS = [PROCESS_SPACE, [*PROCESS_SPACE, "--user", "--map-root-user"], ["sudo", "-n", *PROCESS_SPACE]]


def run(checks, directory):
    for name, machine in MACHINES.items():
        cpu = {"linux/amd64": "x64", "linux/arm64": "arm64"}[name]
        modules = directory / cpu
        with checks.check(f"{name}: the image's modules can be installed from its lockfile"):
            install(cpu, modules)
            bindings = sorted(path.name for path in (modules / "node_modules" / "@duckdb").iterdir())
            expect("modules of DuckDB", bindings, ["node-api", "node-bindings", f"node-bindings-linux-{cpu}"])
        with checks.check(f"{name}: its native modules are of that architecture, and need no newer system"):
            native = [path for path in modules.rglob("*") if path.suffix in (".so", ".node")]
            expect("native modules", sorted(path.name for path in native), ["duckdb.node", "libduckdb.so"])
            for path in native:
                content = path.read_bytes()
                expect(f"{path.name}: the machine", int.from_bytes(content[18:20], "little"), machine)
                for library, newest in needs(content).items():
                    expect_that(newest <= HAS[library], f"{path.name} needs {library} {newest}, there is {HAS[library]}")
    as_process_one(checks, directory)


def install(cpu, to):
    """Runs the Dockerfile's own `npm ci`."""
    command = re.search(r"npm ci .*", (CONTEXT / "Dockerfile").read_text())[0].replace("$cpu", cpu)
    to.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONTEXT / name, to)
    done = subprocess.run(command, shell=True, cwd=to, capture_output=True, text=True)
    if done.returncode != 0:
        raise Mismatch(f"exit code {done.returncode}: {done.stderr[-1500:]}")


def needs(content):
    """The newest version of each library that the file asks for."""
    newest = {}
    for library, version in re.findall(rb"\b(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)\0", content):
        name = library.decode()
        newest[name] = max(newest.get(name, ()), tuple(map(int, version.split(b"."))))
    return newest


def as_process_one(checks, directory):
    """A kernel ignores a signal to process 1 that it has no handler for."""
    name = "as process 1, a task hears SIGTERM and ends with 143"
    way = next(filter(works, WAYS), None) if sys.platform == "linux" else None
    if way is None:
        checks.skip(name, "no process space of one's own can be had here")
        return
    # It takes connections, and never answers.
    with checks.check(name), socket.create_server(("127.0.0.1", 0)) as silent:
        bundle = (CONTEXT / "validate.cjs").resolve()
        script = "if (process.pid !== 1) process.exit(99); require(process.argv[1]);"
        script += "setTimeout(() => process.kill(1, 'SIGTERM'), 300);"
        environment = {
            "TMPDIR": str(directory),
            "BUCKET_NAME": "bucket",
            "EXECUTION_ID": "signalled",
            "MEMORY_LIMIT_MB": "512",
            "METRICS_SERVICE": "Daybook",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
        }
        node = subprocess.run(["node", "-p", "process.execPath"], capture_output=True, text=True).stdout.strip()
        given = [f"{variable}={value}" for variable, value in environment.items()]
        command = [*way, "env", "-i", *given, node, "-e", script, str(bundle)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        expect_that("stopped by SIGTERM" in done.stderr, f"it did not say so: {done.stdout}{done.stderr}")
        expect("the exit code", done.returncode, 143)


def works(way):
    try:
        return subprocess.run([*way, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
