"""Spark reads what Daybook wrote, runs its KPI queries, and writes what Daybook reads."""

import json
import os
import re
from contextlib import contextmanager
from functools import reduce
from importlib.metadata import version
from pathlib import Path

import pyspark
import rows as plain
from checks import demand, expect
from delta_rs import in_bytes, without_early_log
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count, lit
from read_tables import as_text
from scripts import run_script
from tables import PARTITIONS, SCHEMAS

TIME_ZONES = ["UTC", "America/New_York"]


class JarsMissing(Exception):
    """Delta Lake for Spark could not be had from Maven Central."""


def delta_jars():
    """Maven coordinates that go with the packages of requirements-spark.txt."""
    spark = ".".join(version("pyspark").split(".")[:2])
    return f"io.delta:delta-spark_{spark}_2.13:{version('delta-spark')}"


def hadoop_aws():
    """Maven coordinates of S3 for the version of Hadoop that pyspark has."""
    (jar,) = Path(pyspark.__file__).parent.glob("jars/hadoop-client-api-*.jar")
    return f"org.apache.hadoop:hadoop-aws:{jar.stem.removeprefix('hadoop-client-api-')}"


def documented_packages(command):
    """The Maven coordinates in a pyspark command."""
    return command.split()[command.split().index("--packages") + 1].split(",")


@contextmanager
def session(cache, directory):
    """
    A Spark session with Delta Lake; what it says goes to spark.log in the directory.

    :raises JarsMissing: where they are not in the cache and Maven Central cannot be reached
    """
    directory = Path(directory)
    directory.mkdir()
    log = directory / "spark.log"
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", delta_jars())
        .config("spark.jars.ivy", str(Path(cache, "ivy")))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.databricks.delta.snapshotPartitions", "2")
        .config("spark.sql.warehouse.dir", str(directory / "warehouse"))
        .config("spark.local.dir", str(directory / "local"))
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
    )
    with standard_error_to(log):
        try:
            spark = builder.getOrCreate()
        except Exception as error:
            text = log.read_text(errors="replace")
            if "unresolved dependenc" in text.lower():
                raise JarsMissing(delta_jars()) from error
            raise RuntimeError(f"{error}: {text[-2000:]}") from error
    try:
        yield spark
    finally:
        spark.stop()


@contextmanager
def standard_error_to(path):
    """Java, started within, keeps it."""
    saved = os.dup(2)
    with open(path, "ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def reads(checks, spark, lake, moments):
    """
    :param lake: a directory with the tables at their locations
    :param moments: what they should hold after each drop, oldest first
    """
    for location in SCHEMAS:
        path = str(Path(lake, location))
        newest, held = moments[-1][location]
        with checks.check(f"{location}: schema and partition columns"):
            frame = spark.read.format("delta").load(path)
            found = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
            expect("schema", found, {name: type.replace("long", "bigint") for name, type in SCHEMAS[location].items()})
            detail = spark.sql(f"describe detail delta.`{path}`").collect()[0]
            expect("partition columns", detail["partitionColumns"], PARTITIONS[location])
            expect("protocol", (detail["minReaderVersion"], detail["minWriterVersion"]), (1, 2))
        with checks.check(f"{location}: the {len(held)} rows of version {newest}"):
            expect("version", spark.sql(f"describe history delta.`{path}`").agg({"version": "max"}).first()[0], newest)
            same(rows_of(frame), held)
        with checks.check(f"{location}: partition values"):
            found = {tuple(row) for row in frame.select(PARTITIONS[location]).distinct().collect()}
            expect("partitions", found, {tuple(row[name] for name in PARTITIONS[location]) for row in held})
        with checks.check(f"{location}: rows looked for by the greatest value of each column are found"):
            rows_are_found(frame, list(SCHEMAS[location]))
        with checks.check(f"{location}: time travel to three older versions"):
            for moment in [moments[len(moments) * part // 4] for part in (1, 2, 3)]:
                then, rows = moment[location]
                same(rows_of(spark.read.format("delta").option("versionAsOf", then).load(path)), rows)
        with checks.check(f"{location}: from its checkpoint alone, with the log before it gone"):
            copy = without_early_log(Path(path), Path(lake, "from-checkpoint-spark", location))
            same(rows_of(spark.read.format("delta").load(str(copy))), held)


def queries(checks, spark, lake, staging):
    """The KPI queries as text, over the same tables, and those of the marts that they read."""
    for kind in plain.TYPES:
        present(spark.read.format("delta").load(str(Path(lake, "staging", kind)))).createOrReplaceTempView(kind)
    for time_zone in TIME_ZONES:
        texts = json.loads(run_script("kpi-queries", time_zone))
        expected = plain.kpis(staging, time_zone)
        for name, view in texts["views"].items():
            spark.sql(f"create or replace temp view {name} as {view}")
        for table, query in texts["tables"].items():
            if table not in expected:
                spark.sql(query).createOrReplaceTempView(table)
                continue
            with checks.check(f"{table}: the query's text gives the same {len(expected[table])} rows in Spark, days in {time_zone}"):
                frame = spark.sql(query)
                same(rows_of(frame), expected[table])
                types = {field.name: field.dataType.simpleString().replace("bigint", "long") for field in frame.schema}
                columns = {name: SCHEMAS[f"kpis/{table}"][name] for name in expected[table][0]}
                expect("columns", without_precision(types), without_precision(columns))


def without_precision(types):
    """Types of columns, but for the precision of exact sums: they get that of their column when they are merged."""
    return {name: re.sub(r"\(\d+,", "(", text) if name.startswith("_") else text for name, text in types.items()}


def named_queries(checks, spark, pipeline, lake, when):
    """The named queries of the catalogue, over all tables and the views of marts, against the rows that DuckDB gives."""
    texts = json.loads(run_script("named-queries", pipeline.bucket))
    pipeline.copy_out(["staging/", "kpis/", "marts/"], lake)
    for name, table in texts["tables"].items():
        if table["location"] is None:
            schema = ", ".join(f"`{column}` {delta_type}" for column, delta_type in table["columns"].items())
            frame = spark.createDataFrame([], schema)
        else:
            frame = spark.read.format("delta").load(str(Path(lake, table["location"])))
        frame.createOrReplaceTempView(name)
    for name, sql in texts["views"].items():
        spark.sql(f"create or replace temp view {name} as {sql}")
    for name, query in texts["queries"].items():
        with checks.check(f"{name}: the same {len(query['rows'])} rows as in DuckDB, {when}"):
            found = spark.sql(query["sql"]).toArrow().to_pylist()
            expect("rows", len(found), len(query["rows"]))
            for row, expected in zip(found, query["rows"], strict=True):
                # Python and DuckDB write the same double in different ways.
                cells = {column: float(text) if isinstance(row[column], float) else text for column, text in expected.items()}
                expect("row", {column: cell if isinstance(cell, float) else as_text(cell) for column, cell in row.items()}, cells)
    return {name: len(query["rows"]) for name, query in texts["queries"].items()}


def affected_days(checks, spark, lake, before, after):
    """The queries, as text, that tell which days can differ between two moments; against plain Python."""
    for time_zone in TIME_ZONES:
        texts = json.loads(run_script("kpi-queries", time_zone))["days"]
        with checks.check(f"the days that a drop affects, in {time_zone}, and the range that each lies in"):
            changed = {}
            for kind, columns in texts["columns"].items():
                location = f"staging/{kind}"
                for name, moment in {"before": before, "after": after}.items():
                    frame = spark.read.format("delta").option("versionAsOf", moment[location][0]).load(str(Path(lake, location)))
                    present(frame).select(columns).createOrReplaceTempView(f"{kind}_{name}")
                one, other = spark.table(f"{kind}_before"), spark.table(f"{kind}_after")
                changed[kind] = one.exceptAll(other).union(other.exceptAll(one))
            sold = spark.table("order_items_after").join(spark.sql(texts["recategorized_products"]), "product_id", "semi")
            order_ids = changed["order_items"].select("order_id").union(sold.select("order_id"))
            changed["orders"].createOrReplaceTempView("changed_orders")
            spark.table("orders_after").join(order_ids, "order_id", "semi").createOrReplaceTempView("touched_orders")
            days = spark.sql(texts["affected_days"])
            days.createOrReplaceTempView("affected_days")
            found = {str(row["order_date"]) for row in days.collect()}
            staging = [{kind: moment.rows[f"staging/{kind}"] for kind in plain.TYPES} for moment in (before, after)]
            expect("days", sorted(found), sorted(plain.affected_days(*staging, time_zone)))
            spark.sql(texts["day_ranges"]).createOrReplaceTempView("day_ranges")
            of_days = f"cast(from_utc_timestamp(created_at, '{time_zone}') as date) in (select order_date from affected_days)"
            outside = "not exists (select * from day_ranges where created_at between low and high)"
            lost = spark.sql(f"select order_id from orders_after where {of_days} and {outside}").collect()
            expect("orders of these days that are in no range", lost, [])


def rows_are_found(frame, names):
    """The row with the greatest value of each column, which a wrong bound in the stats would lose first."""
    found, expected = [], {}
    for name, cells in zip(names, frame.select(names).toArrow().columns):
        if cells.null_count == len(cells):
            continue
        texts = [as_text(cell) for cell in cells.to_pylist()]
        greatest = as_text(max((cell for cell in cells.to_pylist() if cell is not None), key=in_bytes))
        expected[name] = texts.count(greatest)
        # From text, since Python's own instants do not reach all years.
        is_greatest = col(name) == lit(greatest).cast(frame.schema[name].dataType)
        found.append(frame.where(is_greatest).agg(lit(name), count(lit(1))))
    expect("rows with each column's greatest value", {row[0]: row[1] for row in reduce(type(frame).union, found).collect()}, expected)


def present(frame):
    """The rows that are not deleted, as Daybook's own readers have them."""
    return frame.where("_deleted is not true")


def rows_of(frame):
    return [{name: as_text(cell) for name, cell in row.items()} for row in frame.toArrow().to_pylist()]


def same(found, expected):
    """Rows in any order, in the columns that are expected."""
    columns = sorted(expected[0]) if expected else []
    keyed = [sorted(json.dumps([row[name] for name in columns]) for row in side) for side in (found, expected)]
    missing, unexpected = set(keyed[1]) - set(keyed[0]), set(keyed[0]) - set(keyed[1])
    demand([f"missing {columns} {row}" for row in missing] + [f"unexpected {columns} {row}" for row in unexpected])
    expect("rows", len(found), len(expected))
