"""polars with delta-rs: CSV files, upserted tables, KPIs.

After the documentation of polars (scan_csv, write_delta, scan_delta) and of delta-rs (DeltaTable.merge). Several versions
of a row can come in one load, of which a merge takes one at most; so the last file's is kept first.
"""

import os

import polars as pl
from common import Times, arguments, is_warm_up, write_answer
from deltalake import DeltaTable

MONEY = pl.Decimal(18, 4)
TIME = pl.Datetime("us")
SCHEMAS = {
    "products": {
        "id": pl.Int64,
        "sku": pl.String,
        "cost": MONEY,
        "category": pl.String,
        "name": pl.String,
        "brand": pl.String,
        "retail_price": MONEY,
        "department": pl.String,
    },
    "orders": {
        "order_id": pl.Int64,
        "user_id": pl.Int64,
        "status": pl.String,
        "created_at": TIME,
        "returned_at": TIME,
        "shipped_at": TIME,
        "delivered_at": TIME,
        "num_of_item": pl.Int64,
    },
    "order_items": {
        "id": pl.Int64,
        "order_id": pl.Int64,
        "user_id": pl.Int64,
        "product_id": pl.Int64,
        "status": pl.String,
        "created_at": TIME,
        "shipped_at": TIME,
        "delivered_at": TIME,
        "returned_at": TIME,
        "sale_price": MONEY,
    },
}
KEYS = {"products": "id", "orders": "order_id", "order_items": "id"}
PARTITIONS = {"products": ["department"], "orders": ["year", "month"], "order_items": ["year", "month"]}


def upsert(work, csv, table):
    key = KEYS[table]
    rows = (
        pl.scan_csv(
            os.path.join(csv, f"{table}*.csv"),
            schema=SCHEMAS[table],
            include_file_paths="_source_key",
        )
        .sort("_source_key", maintain_order=True)
        .unique(subset=key, keep="last", maintain_order=True)
    )
    times = [name for name, kind in SCHEMAS[table].items() if kind == TIME]
    rows = rows.with_columns(pl.col(times).dt.replace_time_zone("UTC"))
    if table != "products":
        rows = rows.with_columns(
            year=pl.col("created_at").dt.strftime("%Y"), month=pl.col("created_at").dt.strftime("%m")
        )
    latest = rows.collect()
    path = os.path.join(work, "staging", table)
    if not DeltaTable.is_deltatable(path):
        latest.clear().write_delta(path, delta_write_options={"partition_by": PARTITIONS[table]})
    (
        latest.write_delta(
            path,
            mode="merge",
            delta_merge_options={
                "predicate": f"s.{key} = t.{key}",
                "source_alias": "s",
                "target_alias": "t",
            },
        )
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )
    return pl.scan_delta(path)


def percent(part, whole):
    return (100 * part / whole).round(2)


def main():
    if is_warm_up():
        return
    work, out, csv = arguments()
    times = Times()
    tables = {}
    for table in SCHEMAS:
        tables[table] = upsert(work, csv, table)
        times.mark(table)

    orders = (
        tables["orders"]
        .filter(pl.col("num_of_item") > 0)
        .select("order_id", "user_id", "status", order_date=pl.col("created_at").dt.date())
        .collect()
        .lazy()
    )
    products = tables["products"].filter((pl.col("cost") > 0) & (pl.col("retail_price") > 0))
    sold = (
        tables["order_items"]
        .filter(pl.col("sale_price") > 0)
        .select("order_id", "product_id", "status", "sale_price")
        .join(orders.select("order_id", "order_date"), on="order_id")
        .join(products.select(product_id="id", category="category"), on="product_id", how="left")
        .with_columns(pl.col("category").fill_null("Unknown"))
        .collect()
        .lazy()
    )
    returned = (pl.col("status") == "returned").sum()
    order_kpis = (
        orders.group_by("order_date")
        .agg(
            total_orders=pl.len(),
            unique_customers=pl.col("user_id").n_unique(),
            return_rate=percent(returned, pl.len()),
            returned_orders=returned,
        )
        .join(
            sold.group_by("order_date").agg(
                total_revenue=pl.col("sale_price").sum(), total_items_sold=pl.len()
            ),
            on="order_date",
            how="left",
        )
        .with_columns(pl.col("total_revenue").fill_null(0), pl.col("total_items_sold").fill_null(0))
        .collect()
    )
    category_kpis = (
        sold.group_by("category", "order_date")
        .agg(
            daily_revenue=pl.col("sale_price").sum(),
            avg_order_value=(
                pl.col("sale_price").sum().cast(pl.Float64) / pl.col("order_id").n_unique()
            ).round(2),
            avg_return_rate=percent(returned, pl.len()),
            orders=pl.col("order_id").n_unique(),
            items=pl.len(),
            returned_items=returned,
        )
        .collect()
    )
    answers = {}
    for name, kpis in (("order_kpis", order_kpis), ("category_kpis", category_kpis)):
        path = os.path.join(work, "kpis", name)
        kpis.write_delta(path, mode="overwrite")
        answers[name] = pl.read_delta(path).to_dicts()
    times.mark("kpis")
    write_answer(out, times, **answers)


main()
