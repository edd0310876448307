"""A Spark session with Delta Lake on one machine."""

import os

from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession


def session(work):
    builder = (
        SparkSession.builder.appName("peer")
        .master("local[*]")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.driver.memory", "6g")
        .config("spark.sql.session.timeZone", "UTC")
        # The defaults, 200 and 50, are meant for a cluster; so few tasks are quicker on one machine.
        .config("spark.sql.shuffle.partitions", str(4 * (os.cpu_count() or 1)))
        .config("spark.databricks.delta.snapshotPartitions", "2")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.local.dir", work)
        .config("spark.sql.warehouse.dir", os.path.join(work, "warehouse"))
        .config("spark.ui.enabled", "false")
    )
    return configure_spark_with_delta_pip(builder).getOrCreate()
