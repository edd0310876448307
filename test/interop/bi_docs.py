"""Runs the blocks of docs/bi.md that need nothing but this computer, as they stand there but for the port."""

import io
import re
import subprocess
from collections import defaultdict
from contextlib import redirect_stdout
from decimal import Decimal
from pathlib import Path

from checks import expect, expect_that

PAGE = "docs/bi.md"
ENDPOINT = "http://127.0.0.1:4566"


def run(checks, pipeline, moments):
    """:param moments: what the tables should hold after each drop, oldest first"""
    _, days = moments[-1]["kpis/order_kpis"]
    with checks.check(f"{PAGE}: daybook query prints the revenue of each month"):
        command = block("sh", "npx daybook query").replace("npx daybook", "node bin/daybook.cjs")
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=pipeline.environment)
        expect("exit code and errors", (done.returncode, done.stderr), (0, ""))
        found = [tuple(line.split()) for line in done.stdout.splitlines()]
        expect("months", [cells for cells in found if re.fullmatch(r"\d{4}-\d\d", cells[0])], sorted(revenues(days).items()))
    with checks.check(f"{PAGE}: Python reads the {len(days)} rows of order_kpis"):
        code = block("python", "from deltalake")
        expect_that(ENDPOINT in code, f"{PAGE}: the Python block does not name {ENDPOINT}")
        names = {}
        with redirect_stdout(io.StringIO()) as printed:
            exec(code.replace(ENDPOINT, pipeline.ready["endpoint"]), names)
        expect_that("order_date" in printed.getvalue(), f"it printed no order_date: {printed.getvalue()}")
        frame = names["table"].to_pandas()
        expect("days", sorted(map(str, frame["order_date"])), sorted(row["order_date"] for row in days))


def revenues(days):
    """The revenue of each month, as text."""
    months = defaultdict(Decimal)
    for row in days:
        months[row["month"]] += Decimal(row["total_revenue"])
    return {month: f"{revenue:f}" for month, revenue in months.items()}


def block(language, start):
    """The text of the one block in a language that begins with these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", Path(PAGE).read_text(), re.DOTALL)
    found = [text for text in blocks if text.startswith(start)]
    expect_that(len(found) == 1, f"{PAGE}: expected one block that begins with {start!r}, found {len(found)}")
    return found[0]
