"""Runs the job for plans, as lines of "BASE PLAN" on standard input name them, in one Spark session; answers each with a line."""

import sys
import traceback
from pathlib import Path

from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "engine/spark"))
import job  # noqa: E402

scratch, master = sys.argv[1:]
spark = (
    SparkSession.builder.master(master).config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    .config("spark.default.parallelism", "2")
    .config("spark.executor.memory", "512m")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.local.dir", scratch)
    .config("spark.sql.warehouse.dir", f"{scratch}/warehouse")
    .config("spark.sql.codegen.wholeStage", "false")
    # Of a few rows, each stage would be a job of its own.
    .config("spark.sql.adaptive.enabled", "false")
    .getOrCreate()
)
# The job's own output goes where its errors go: standard output is for the answers.
answers, sys.stdout = sys.stdout, sys.stderr
print(f"ready {spark.version}", file=answers, flush=True)
for line in sys.stdin:
    base, plan = line.split()
    try:
        job.run(spark, base, plan)
        print("done", file=answers, flush=True)
    except Exception as error:
        traceback.print_exc()
        print(f"failed {str(error)!r}"[:2000], file=answers, flush=True)
    spark.catalog.clearCache()
