"""A history of drops on both engines in turn, through the workflow, and the tables that come of it for foreign readers."""

import subprocess
import sys

import bi_docs
import delta_rs
import spark
from checks import expect, expect_that
from pipeline import Pipeline
from tables import run_history

# More than any drop of the history has.
BATCH_BYTES = 200_000
# The first load, odd rows, and two drops that change and delete rows: each engine rewrites files of the other.
ON_SPARK = [1, 4, 9, 14]
# A job starts in half a minute, and each drop has two.
QUIET_SECONDS = 900


class MixedPipeline(Pipeline):
    """A pipeline that runs some of its drops on Spark: they get a file of counts that makes them large, and that nothing else reads."""

    def __init__(self, directory):
        environment = {"PYSPARK_PYTHON": sys.executable}
        super().__init__(directory, options=["--spark", str(BATCH_BYTES)], environment=environment, quiet_seconds=QUIET_SECONDS)
        self.drops = 0

    def drop(self, files):
        self.drops += 1
        # First, so that the files that come too late for its execution are what DuckDB takes.
        super().drop({f"inventory_{self.drops}.csv": counts(), **files} if self.drops in ON_SPARK else files)

    def executions_on_spark(self):
        """For each execution with jobs, the tasks that had one."""
        found = {}
        for key in self.keys("results/"):
            parts = key.split("/")
            if len(parts) > 3 and parts[2] == "spark-jobs":
                found.setdefault(parts[1], set()).add(parts[3].split("-")[0])
        return found


def run(checks, session, directory):
    """:param session: Spark with Delta Lake, to read with"""
    with MixedPipeline(directory / "on-spark") as pipeline:
        moments, lake = [], directory / "lake-on-spark"
        with checks.check("every drop of a history succeeds, on Spark and DuckDB in turn"):
            moments = run_history(pipeline, directory / "shop-on-spark")
            tasks = pipeline.executions_on_spark()
            expect("executions on Spark", len(tasks), len(ON_SPARK))
            expect("their tasks", {frozenset(of_execution) for of_execution in tasks.values()}, {frozenset(["stage", "transform"])})
            pipeline.copy_out(["staging/", "kpis/"], lake)
        if not moments:
            return
        with checks.check("daybook verify finds no difference"):
            done = subprocess.run(["node", "bin/daybook.cjs", "verify"], capture_output=True, text=True, env=pipeline.environment)
            expect_that(done.returncode == 0, done.stdout + done.stderr)
        bi_docs.run(checks, pipeline, moments)
    delta_rs.run(checks, lake, moments)
    spark.reads(checks, session, lake, moments)


def counts():
    rows = [f"{1 + number % 60},{number},2025-03-01T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}" for number in range(8_000)]
    return "\n".join(["product_id,on_hand,counted_at", *rows]).encode()
