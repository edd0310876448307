"""What was checked: a line each, counted."""

import sys
import time
from contextlib import contextmanager

SLOW_SECONDS = 1.0
MESSAGE_LINES = 15


class Mismatch(Exception):
    """Something was not as expected; the message says what."""


def expect(what, found, expected):
    if found != expected:
        raise Mismatch(f"{what}: expected {expected!r:.2000}, found {found!r:.2000}")


def expect_that(condition, otherwise):
    if not condition:
        raise Mismatch(otherwise)


def demand(differences):
    """None of these sentences may be."""
    found = list(differences)
    if found:
        raise Mismatch("\n         ".join(found[:10]))


def shortened(error):
    """Java's exceptions are pages long; what they are caused by stands at their end."""
    lines = [line for line in str(error).splitlines() if not line.lstrip().startswith(("at ", "..."))]
    return "\n".join(line[:500] for line in lines[:MESSAGE_LINES])


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    @contextmanager
    def check(self, name):
        """One check: the block's exception is its failure, and the next check goes on."""
        started = time.monotonic()
        try:
            yield
        except Exception as error:  # whatever a foreign client raises
            self.failed += 1
            kind = "" if isinstance(error, Mismatch) else f"{type(error).__name__}: "
            self._say(f"FAILED {name}\n         {kind}{shortened(error)}".rstrip())
        else:
            self.passed += 1
            seconds = time.monotonic() - started
            self._say(f"ok     {name}" + (f" ({seconds:.1f} s)" if seconds >= SLOW_SECONDS else ""))

    def skip(self, name, reason):
        self.skipped += 1
        self._say(f"skipped {name}: {reason}")

    @contextmanager
    def group(self, name):
        """A group of checks; an exception that no check took ends the group and counts as one failure."""
        started = time.monotonic()
        self._say(f"\n{name}")
        try:
            yield
        except Exception as error:
            self.failed += 1
            self._say(f"FAILED {name}: {type(error).__name__}: {shortened(error)}")
        self._say(f"       in {time.monotonic() - started:.1f} s")

    def summary(self):
        return f"interop: {self.passed} ok, {self.failed} failed, {self.skipped} skipped"

    @staticmethod
    def _say(line):
        print(line, file=sys.stdout, flush=True)
