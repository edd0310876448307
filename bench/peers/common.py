"""What the peers share: the command line, and the answer that the bench reads.

    <peer>.py WORK_DIRECTORY OUT.json DIRECTORY
    <peer>.py --warm-up

The first form does the whole job with the files of a directory, in an empty work directory, and writes the rows of its
tables and its own times to OUT.json:

    {"order_kpis": [{"order_date": "2025-01-01", ...}], "category_kpis": [...],
     "seconds": {"session": 3.1, "products": 1.2, ...}}

The second only starts up, fetching what is fetched on first use, and exits.
"""

import json
import sys
import time


class Times:
    """Seconds from one mark to the next, by name."""

    def __init__(self):
        self.last = time.perf_counter()
        self.seconds = {}

    def mark(self, name):
        now = time.perf_counter()
        self.seconds[name] = now - self.last
        self.last = now


def write_answer(out, times, **tables):
    """Writes the rows of each table, every value as text."""
    answer = {
        table: [{name: as_text(value) for name, value in row.items()} for row in rows] for table, rows in tables.items()
    }
    with open(out, "w", encoding="utf-8") as file:
        json.dump({**answer, "seconds": times.seconds}, file)


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_warm_up():
    return sys.argv[1:] == ["--warm-up"]


def arguments():
    work, out, directory = sys.argv[1:]
    return work, out, directory
