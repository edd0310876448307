"""Spark writes to Daybook's tables; Daybook reads them, and goes on from there."""

import json
import shutil
from pathlib import Path

import rows as plain
from checks import expect, expect_that
from delta_rs import without_early_log
from history import csv_of
from pyspark.sql.functions import col, expr, lit
from scripts import run_script
from spark import present, rows_of, same
from tables import same_items

# The next version with a checkpoint, Spark's own, since ours are at multiples of ten as well.
CHECKPOINT = 20


def run(checks, spark, pipeline, lake, staging):
    """
    :param pipeline: the one that the lake was copied from, quiet since
    :param staging: the latest rows of each kind
    """
    theirs = Path(lake, "written-by-spark")
    orders = theirs / "orders"
    shutil.copytree(Path(lake, "staging/orders"), orders)
    table = f"delta.`{orders}`"

    def load(path):
        return spark.read.format("delta").load(str(path))

    with checks.check("Spark updates, deletes, merges and appends, up to a checkpoint of its own"):
        spark.sql(f"update {table} set status = 'Returned' where order_id in (11, 12, 13)")
        spark.sql(f"delete from {table} where order_id = 14")
        columns = {"status": "'moved'", "created_at": "timestamp'2027-02-03 04:05:06.000007Z'", "year": "'2027'", "month": "'02'"}
        arriving = load(orders).where("order_id in (15, 16)").withColumns({name: expr(text) for name, text in columns.items()})
        arriving.union(with_id(load(orders), 17, 7001)).createOrReplaceTempView("arriving")
        spark.sql(
            f"merge into {table} as t using arriving as s on t.order_id = s.order_id"
            " when matched then update set * when not matched then insert *"
        )
        with_id(load(orders), 18, 7002).write.format("delta").mode("append").save(str(orders))
        while newest(orders) < CHECKPOINT:
            spark.sql(f"update {table} set user_id = user_id + 1000 where order_id = 19")
        expect("last checkpoint", json.loads((orders / "_delta_log/_last_checkpoint").read_text())["version"], CHECKPOINT)
        spark.sql(f"update {table} set num_of_item = 3 where order_id = 20")

    with checks.check("Daybook reads the table with Spark's commits and checkpoint"):
        pipeline.put_back(orders, "staging/orders")
        found = read(pipeline, "orders")
        expect("version", found["version"], newest(orders))
        same(found["rows"], as_we_read(load(orders)))
        expect_that(any(row["order_id"] == "7001" for row in found["rows"]), "the merged row is not there")

    with checks.check("Daybook reads it from Spark's checkpoint alone"):
        pipeline.put_back(without_early_log(orders, theirs / "orders-checkpoint"), "interop/orders")
        same(read(pipeline, "orders", "interop/orders")["rows"], as_we_read(load(orders)))

    for kind in plain.TYPES:
        with checks.check(f"Daybook reads a table of {kind} that Spark created"):
            created = theirs / f"{kind}-created"
            source = load(Path(lake, "staging", kind))
            if kind == "products":
                # Spark makes a directory of the whole value, and file systems end at 255 bytes.
                source = source.where("department is null or length(department) < 200")
            source.write.format("delta").partitionBy(*plain.PARTITIONS[kind]).save(str(created))
            pipeline.put_back(created, f"interop/{kind}-created")
            same(read(pipeline, kind, f"interop/{kind}-created")["rows"], as_we_read(source))

    with checks.check("after Spark's commits, the next drop brings KPIs that count them"):
        latest = plain.Latest()
        for kind in plain.TYPES:
            held = rows_of(load(orders)) if kind == "orders" else staging[kind]
            latest.rows[kind] = {row[plain.KEYS[kind]]: row for row in held}
        day = "2025-05-05T12:00:00"
        drop = {
            "orders_after_spark.csv": csv_of("orders", [[15, 3, "sold", day, "", "", "", 1], [7003, 4, "sold", day, "", "", "", 1]]),
            "order_items_after_spark.csv": csv_of("order_items", [[9900, 7001, 4, 1, "returned", day, "", "", "", "5.005"]]),
        }
        pipeline.drop(drop)
        latest.take(drop)
        expected = plain.kpis(latest.copy())
        expect("the execution", pipeline.executions(1)[0]["status"], "SUCCEEDED")
        same_items(pipeline.kpis(pipeline.ready["orderTable"]), expected["order_kpis"])
        same_items(pipeline.kpis(pipeline.ready["categoryTable"]), expected["category_kpis"])


def as_we_read(frame):
    """Rows without the deleted ones, and without the column that tells them."""
    return rows_of(present(frame).drop("_deleted"))


def with_id(frame, order_id, new_id):
    """An order under another id."""
    return frame.where(col("order_id") == order_id).withColumn("order_id", lit(new_id).cast("bigint"))


def newest(table_dir):
    return max(int(entry.stem) for entry in Path(table_dir, "_delta_log").glob("*.json"))


def read(pipeline, table, *location):
    return json.loads(run_script("read-snapshot", pipeline.bucket, table, *location))
