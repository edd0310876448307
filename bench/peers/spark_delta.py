"""PySpark with Delta Lake: CSV files, upserted tables, KPIs.

After the documentation of Delta Lake (quick start, "Upsert into a table using merge") and of Spark ("CSV files", "SQL").
Several versions of a row can come in one load, of which MERGE takes one at most; so the last file's is chosen first, as
the documentation has it.
"""

import os

from common import Times, arguments, is_warm_up, write_answer
from delta import DeltaTable
from pyspark.sql import Window
from pyspark.sql import functions as F
from spark_session import session

SCHEMAS = {
    "products": "id BIGINT, sku STRING, cost DECIMAL(18,4), category STRING, name STRING, brand STRING, "
    "retail_price DECIMAL(18,4), department STRING",
    "orders": "order_id BIGINT, user_id BIGINT, status STRING, created_at TIMESTAMP, returned_at TIMESTAMP, "
    "shipped_at TIMESTAMP, delivered_at TIMESTAMP, num_of_item BIGINT",
    "order_items": "id BIGINT, order_id BIGINT, user_id BIGINT, product_id BIGINT, status STRING, "
    "created_at TIMESTAMP, shipped_at TIMESTAMP, delivered_at TIMESTAMP, returned_at TIMESTAMP, "
    "sale_price DECIMAL(18,4)",
}
KEYS = {"products": "id", "orders": "order_id", "order_items": "id"}
PARTITIONS = {"products": ["department"], "orders": ["year", "month"], "order_items": ["year", "month"]}

ORDER_KPIS = """
with days as (
  select cast(created_at as date) as order_date, count(*) as total_orders,
         count(distinct user_id) as unique_customers, count_if(status = 'returned') as returned_orders
  from orders where num_of_item > 0 group by 1
),
sales as (
  select order_date, sum(sale_price) as revenue, count(*) as items from sold group by 1
)
select order_date, total_orders, cast(coalesce(revenue, 0) as decimal(38, 2)) as total_revenue,
       coalesce(items, 0) as total_items_sold, unique_customers,
       round(cast(100 * returned_orders as decimal(20, 0)) / total_orders, 2) as return_rate,
       returned_orders
from days left join sales using (order_date)
"""

CATEGORY_KPIS = """
select category, order_date, cast(sum(sale_price) as decimal(38, 2)) as daily_revenue,
       round(sum(sale_price) / count(distinct order_id), 2) as avg_order_value,
       round(cast(100 * count_if(status = 'returned') as decimal(20, 0)) / count(*), 2) as avg_return_rate,
       count(distinct order_id) as orders, count(*) as items,
       count_if(status = 'returned') as returned_items
from sold group by category, order_date
"""

SOLD = """
select i.order_id, cast(o.created_at as date) as order_date, coalesce(p.category, 'Unknown') as category,
       i.sale_price, i.status
from order_items i
join orders o on o.order_id = i.order_id and o.num_of_item > 0
left join products p on p.id = i.product_id and p.cost > 0 and p.retail_price > 0
where i.sale_price > 0
"""


def upsert(spark, work, csv, table):
    key = KEYS[table]
    rows = (
        spark.read.schema(SCHEMAS[table])
        .option("header", True)
        .csv(os.path.join(csv, f"{table}*.csv"))
        .withColumn("_source_key", F.input_file_name())
    )
    newest = Window.partitionBy(key).orderBy(F.col("_source_key").desc())
    latest = rows.withColumn("_rank", F.row_number().over(newest)).where("_rank = 1").drop("_rank")
    if table != "products":
        latest = latest.withColumn("year", F.date_format("created_at", "yyyy")).withColumn(
            "month", F.date_format("created_at", "MM")
        )
    path = os.path.join(work, "staging", table)
    target = (
        DeltaTable.createIfNotExists(spark)
        .location(path)
        .addColumns(latest.schema)
        .partitionedBy(*PARTITIONS[table])
        .execute()
    )
    (
        target.alias("t")
        .merge(latest.alias("s"), f"t.{key} = s.{key}")
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .execute()
    )
    spark.read.format("delta").load(path).createOrReplaceTempView(table)


def publish(spark, work, name, query):
    path = os.path.join(work, "kpis", name)
    spark.sql(query).write.format("delta").mode("overwrite").save(path)
    return [row.asDict() for row in spark.read.format("delta").load(path).collect()]


def main():
    if is_warm_up():
        session("/tmp").stop()
        return
    work, out, csv = arguments()
    times = Times()
    spark = session(work)
    spark.sparkContext.setLogLevel("ERROR")
    times.mark("session")
    for table in SCHEMAS:
        upsert(spark, work, csv, table)
        times.mark(table)
    spark.sql(SOLD).cache().createOrReplaceTempView("sold")
    order_kpis = publish(spark, work, "order_kpis", ORDER_KPIS)
    category_kpis = publish(spark, work, "category_kpis", CATEGORY_KPIS)
    times.mark("kpis")
    spark.stop()
    write_answer(out, times, order_kpis=order_kpis, category_kpis=category_kpis)


main()
