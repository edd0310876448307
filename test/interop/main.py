"""Runs the groups of checks that were asked for; see `run`, which starts it."""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import airflow_dag
import aws_cli
import bi_docs
import boto_client
import delta_rs
import delta_rs_writes
import events_docs
import redshift
import warehouse
from checks import Checks, expect
from history import inventory
from pipeline import Pipeline
from tables import run_history

GROUPS = ["boto3", "aws-cli", "events", "delta-rs", "spark", "on-spark", "warehouse", "redshift", "airflow"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", required=True)
    parser.add_argument("--spark", required=True, help="there, or why not")
    parser.add_argument("--java", required=True)
    parser.add_argument("--jdbc", required=True, help="the jar of PostgreSQL's driver, or why it is not there")
    parser.add_argument("--airflow", required=True, help="a virtual environment with Airflow, or why there is none")
    parser.add_argument("groups", nargs="*", default=GROUPS)
    options = parser.parse_args()
    unknown = set(options.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no group is named {', '.join(unknown)}; there are {', '.join(GROUPS)}")

    # Whatever ends this process ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Spark's instants become Python's in the time zone of this process.
    os.environ["TZ"] = "UTC"
    time.tzset()

    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="daybook-interop-") as directory:
        drive(checks, Path(directory), options.groups)
        if "events" in options.groups:
            with checks.group(events_docs.PAGE):
                events_docs.run(checks, Path(directory, "events"))
        read(checks, Path(directory), options)
        if "on-spark" in options.groups:
            run_on_spark(checks, Path(directory), options)
        if "delta-rs" in options.groups:
            with checks.group("delta-rs writes"), Pipeline(Path(directory, "written")) as pipeline:
                delta_rs_writes.run(checks, pipeline, Path(directory, "delta-rs"))
        if "warehouse" in options.groups:
            with checks.group("PostgreSQL's clients"):
                warehouse.run(checks, options.java, options.jdbc)
        if "redshift" in options.groups:
            with checks.group("Statements for Redshift"):
                redshift.run(checks)
        if "airflow" in options.groups:
            run_airflow(checks, Path(directory, "airflow"), options.airflow)
    print(f"\n{checks.summary()}")
    failed = checks.failed > 0 or checks.passed == 0 or (checks.skipped > 0 and os.environ.get("CI") == "true")
    sys.stdout.flush()
    # At once: delta-rs's threads may abort an orderly exit of the interpreter.
    os._exit(1 if failed else 0)


def drive(checks, directory, groups):
    """Foreign clients of the endpoint, on a pipeline that is empty at first."""
    if not {"boto3", "aws-cli"} & set(groups):
        return
    with Pipeline(directory / "driven") as pipeline:
        if "boto3" in groups:
            with checks.group("boto3"):
                boto_client.run(checks, pipeline)
        if "aws-cli" in groups:
            with checks.group("AWS CLI"):
                aws_cli.run(checks, pipeline, directory / "aws-cli")


def read(checks, directory, options):
    """Foreign readers and writers of the tables, after a history of drops to another pipeline."""
    if not {"delta-rs", "spark"} & set(options.groups):
        return
    with Pipeline(directory / "read") as pipeline:
        lake = directory / "lake"
        with checks.group("a history of drops"):
            moments = []
            with checks.check("every drop of it succeeds"):
                moments = run_history(pipeline, directory / "shop")
                pipeline.copy_out(["staging/", "kpis/"], lake)
        if not moments:
            return
        if "delta-rs" in options.groups:
            with checks.group("delta-rs"):
                delta_rs.run(checks, lake, moments)
            with checks.group(bi_docs.PAGE):
                bi_docs.run(checks, pipeline, moments)
        if "spark" in options.groups:
            run_spark(checks, pipeline, lake, moments, directory, options)


def run_airflow(checks, directory, environment):
    if not Path(environment).is_dir():
        checks.skip("airflow", environment)
        return
    with checks.group("Airflow"):
        airflow_dag.run(checks, environment, directory)


def run_on_spark(checks, directory, options):
    if options.spark != "there":
        checks.skip("on-spark", options.spark)
        return
    import on_spark
    import spark

    try:
        with spark.session(options.cache, directory / "spark-on-spark") as session, checks.group("Batches on Spark"):
            on_spark.run(checks, session, directory)
    except spark.JarsMissing as missing:
        checks.skip("on-spark", f"{missing} is not in the cache, and Maven Central cannot be reached")


def run_spark(checks, pipeline, lake, moments, directory, options):
    if options.spark != "there":
        checks.skip("spark", options.spark)
        return
    import spark
    import spark_writes

    staging = {kind: moments[-1].rows[f"staging/{kind}"] for kind in ("products", "orders", "order_items")}
    try:
        with spark.session(options.cache, directory / "spark") as session:
            with checks.check(f"{bi_docs.PAGE}: the packages for Spark are of its version"):
                packages = spark.documented_packages(bi_docs.block("sh", "pyspark --packages"))
                expect("packages", packages, [spark.delta_jars(), spark.hadoop_aws()])
            with checks.group("Spark reads"):
                spark.reads(checks, session, lake, moments)
            with checks.group("Spark runs the KPI queries"):
                spark.queries(checks, session, lake, staging)
                spark.affected_days(checks, session, lake, *moments[-2:])
            with checks.group("Spark runs the named queries"):
                # Nothing was counted yet: there is no table of counts, and the one of their mart has no files.
                spark.named_queries(checks, session, pipeline, directory / "uncounted", "nothing counted")
                pipeline.drop({"inventory.csv": inventory()})
                lengths = spark.named_queries(checks, session, pipeline, directory / "counted", "with counts")
                with checks.check("every named query has rows"):
                    expect("queries without rows", [name for name, length in lengths.items() if length == 0], [])
            with checks.group("Spark writes"):
                spark_writes.run(checks, session, pipeline, lake, staging)
    except spark.JarsMissing as missing:
        checks.skip("spark", f"{missing} is not in the cache, and Maven Central cannot be reached")


if __name__ == "__main__":
    main()
