"""The tables of the lake as the data catalogue has them, and what they hold after each drop of a history."""

from dataclasses import dataclass
from decimal import Decimal

import rows
from checks import demand, expect
from history import drops

SCHEMAS = {
    **{f"staging/{kind}": rows.schema(kind) for kind in rows.TYPES},
    **{f"staging/{kind}_history": rows.schema(kind) for kind in rows.HISTORIES},
    "kpis/order_kpis": {
        "order_date": "date",
        "total_orders": "long",
        "total_revenue": "decimal(38,2)",
        "total_items_sold": "long",
        "unique_customers": "long",
        "return_rate": "decimal(5,2)",
        "returned_orders": "long",
        "_total_revenue": "decimal(38,4)",
        "month": "string",
        "year": "string",
    },
    "kpis/category_kpis": {
        "category": "string",
        "order_date": "date",
        "daily_revenue": "decimal(38,2)",
        "avg_order_value": "decimal(38,2)",
        "avg_return_rate": "decimal(5,2)",
        "orders": "long",
        "items": "long",
        "returned_items": "long",
        "_daily_revenue": "decimal(38,4)",
        "month": "string",
        "year": "string",
    },
}
PARTITIONS = {
    **{f"staging/{kind}": columns for kind, columns in rows.PARTITIONS.items()},
    **{f"staging/{kind}_history": rows.PARTITIONS[kind] for kind in rows.HISTORIES},
    "kpis/order_kpis": ["year"],
    "kpis/category_kpis": ["year"],
}


TEXTS = ["order_date", "category"]


@dataclass
class Moment:
    """After a drop: the tables' versions, and the rows they should hold, but for the time of each upload."""

    versions: dict
    rows: dict

    def __getitem__(self, location):
        return self.versions[location], self.rows[location]


def expected_rows(staging, histories):
    """By location, from the latest version of every row by kind, and all versions of those that have a history."""
    kpis = rows.kpis(staging)
    days = {
        name: [{**row, "month": row["order_date"][:7], "year": row["order_date"][:4]} for row in found]
        for name, found in kpis.items()
    }
    return {
        **{f"staging/{kind}": found for kind, found in staging.items()},
        **{f"staging/{kind}_history": found for kind, found in histories.items()},
        **{f"kpis/{name}": found for name, found in days.items()},
    }


def same_items(found, expected):
    """Items of a DynamoDB table and rows, in any order; numbers are equal whatever their trailing zeros. The exact sums are not served."""

    def plain(item):
        return tuple((name, item[name] if name in TEXTS else Decimal(item[name])) for name in sorted(item))

    expected = [{name: cell for name, cell in row.items() if not name.startswith("_")} for row in expected]
    missing = {plain(row) for row in expected} - {plain(item) for item in found}
    unexpected = {plain(item) for item in found} - {plain(row) for row in expected}
    demand([f"missing {dict(row)}" for row in missing] + [f"unexpected {dict(item)}" for item in unexpected])
    expect("items", len(found), len(expected))


def run_history(pipeline, directory):
    """Drops the whole history and returns a moment for each drop."""
    latest = rows.Latest()
    moments = []
    for files in drops(directory):
        pipeline.drop(files)
        latest.take(files)
        versions = {location: pipeline.version(location) for location in SCHEMAS}
        moments.append(Moment(versions, expected_rows(latest.copy(), latest.histories())))
    return moments
