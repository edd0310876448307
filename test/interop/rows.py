"""The versions of the rows of CSV files, the latest of each, and the KPIs of them: plain Python, from the rules.

Made for files without bad rows. Cells are text or null as read_tables.py has them.
"""

import csv
import datetime
import io
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

TYPES = {
    "products": {
        "id": "long",
        "sku": "string",
        "cost": "decimal(18,4)",
        "category": "string",
        "name": "string",
        "brand": "string",
        "retail_price": "decimal(18,4)",
        "department": "string",
    },
    "orders": {
        "order_id": "long",
        "user_id": "long",
        "status": "string",
        "created_at": "timestamp",
        "returned_at": "timestamp",
        "shipped_at": "timestamp",
        "delivered_at": "timestamp",
        "num_of_item": "long",
        "currency": "string",
    },
    "order_items": {
        "id": "long",
        "order_id": "long",
        "user_id": "long",
        "product_id": "long",
        "status": "string",
        "created_at": "timestamp",
        "shipped_at": "timestamp",
        "delivered_at": "timestamp",
        "returned_at": "timestamp",
        "sale_price": "decimal(18,4)",
        "quantity": "long",
    },
}
# Kinds with a table of every version of their rows.
HISTORIES = ["products"]
KEYS = {"products": "id", "orders": "order_id", "order_items": "id"}
PARTITIONS = {"products": ["department"], "orders": ["year", "month"], "order_items": ["year", "month"]}
LINEAGE = {
    "_source_key": "string",
    "_source_modified_at": "timestamp",
    "_source_line": "long",
    "_deleted": "boolean",
}


def kind_of(name):
    """By the name's beginning; `orders` does not begin `order_items`."""
    return next(kind for kind in TYPES if name.startswith(kind))


def schema(kind):
    """Every column of a staging table with its Delta type."""
    derived = {name: "string" for name in PARTITIONS[kind] if name not in TYPES[kind]}
    return {**TYPES[kind], **derived, **LINEAGE}


class Latest:
    """The latest version of every row of each kind, and all of those that have a history, without the times of uploads."""

    def __init__(self):
        self.rows = {kind: {} for kind in TYPES}
        self.versions = {kind: [] for kind in HISTORIES}

    def take(self, files):
        """Files, name to bytes, in the order of their uploads."""
        for name, body in files.items():
            kind = kind_of(name)
            for row in read(kind, f"input/{name}", body):
                self.rows[kind][row[KEYS[kind]]] = row
                if kind in HISTORIES:
                    self.versions[kind].append(row)

    def copy(self):
        """The rows of each kind as they are now."""
        return {kind: list(rows.values()) for kind, rows in self.rows.items()}

    def histories(self):
        """Every version so far of the rows of each kind that has a history."""
        return {kind: list(rows) for kind, rows in self.versions.items()}


def read(kind, key, body):
    reader = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    header = next(reader)
    line = reader.line_num + 1
    for cells in reader:
        found = dict(zip(header, cells, strict=True))
        row = dict.fromkeys([*TYPES[kind], *PARTITIONS[kind], "_deleted"])
        if found.pop("_deleted", "") == "true":
            row |= {KEYS[kind]: canonical("long", found[KEYS[kind]]), "_deleted": "true"}
        else:
            row |= {name: canonical(TYPES[kind][name], cell) for name, cell in found.items()}
            if "year" in PARTITIONS[kind]:
                row["year"], row["month"] = row["created_at"][:4], row["created_at"][5:7]
        yield {**row, "_source_key": key, "_source_line": str(line)}
        line = reader.line_num + 1


def canonical(delta_type, cell):
    if cell == "":
        return None
    if delta_type == "string":
        return cell
    if delta_type == "long":
        return str(int(cell))
    if delta_type == "timestamp":
        time = datetime.datetime.fromisoformat(cell)
        utc = time.replace(tzinfo=time.tzinfo or datetime.timezone.utc).astimezone(datetime.timezone.utc)
        return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{Decimal(cell).quantize(Decimal('0.0001'), ROUND_HALF_UP):f}"


def present(rows):
    """Those that are not deleted."""
    return [row for row in rows if row["_deleted"] is None]


def kpis(latest, time_zone="UTC"):
    """Both KPI tables as rows of text cells, with their exact sums."""
    rows = {kind: present(found) for kind, found in latest.items()}
    categories = {
        product["id"]: (product["category"] or "").strip() or "Unknown"
        for product in rows["products"]
        if positive(product["cost"]) and positive(product["retail_price"])
    }
    orders = {order["order_id"]: order for order in rows["orders"] if positive(order["num_of_item"])}
    zone = ZoneInfo(time_zone)
    days = {order_id: day_of(order["created_at"], zone) for order_id, order in orders.items()}
    items = [
        item
        for item in rows["order_items"]
        if item["order_id"] in orders and item["product_id"] is not None and positive(item["sale_price"])
    ]
    orders_by_day, items_by_day, items_by_category = defaultdict(list), defaultdict(list), defaultdict(list)
    for order in orders.values():
        orders_by_day[days[order["order_id"]]].append(order)
    for item in items:
        day = days[item["order_id"]]
        items_by_day[day].append(item)
        items_by_category[categories.get(item["product_id"], "Unknown"), day].append(item)
    return {
        "order_kpis": [
            {
                "order_date": day,
                "total_orders": str(len(found)),
                "total_revenue": two_places(revenue(items_by_day[day])),
                "total_items_sold": str(len(items_by_day[day])),
                "unique_customers": str(len({order["user_id"] for order in found})),
                "return_rate": two_places(Fraction(100 * returned(found), len(found))),
                "returned_orders": str(returned(found)),
                "_total_revenue": four_places(revenue(items_by_day[day])),
            }
            for day, found in orders_by_day.items()
        ],
        "category_kpis": [
            {
                "category": category,
                "order_date": day,
                "daily_revenue": two_places(revenue(found)),
                "avg_order_value": two_places(revenue(found) / len({item["order_id"] for item in found})),
                "avg_return_rate": two_places(Fraction(100 * returned(found), len(found))),
                "orders": str(len({item["order_id"] for item in found})),
                "items": str(len(found)),
                "returned_items": str(returned(found)),
                "_daily_revenue": four_places(revenue(found)),
            }
            for (category, day), found in items_by_category.items()
        ],
    }


def affected_days(before, after, time_zone="UTC"):
    """The days of orders that differ, or whose items do or count under another category, by what a KPI depends on."""
    columns = {
        "products": ["category", "cost", "retail_price"],
        "orders": ["user_id", "status", "created_at", "num_of_item"],
        "order_items": ["order_id", "product_id", "status", "sale_price"],
    }

    def images(kind, side):
        return {row[KEYS[kind]]: {name: row[name] for name in columns[kind]} for row in present(side[kind])}

    def differing(kind):
        one, other = images(kind, before), images(kind, after)
        return [(one.get(key), other.get(key), key) for key in {**one, **other} if one.get(key) != other.get(key)]

    def category(product):
        counts = product and positive(product["cost"]) and positive(product["retail_price"])
        return (counts and (product["category"] or "").strip()) or "Unknown"

    recategorized = {key for was, now, key in differing("products") if category(was) != category(now)}
    order_ids = {image["order_id"] for was, now, _ in differing("order_items") for image in (was, now) if image}
    order_ids |= {item["order_id"] for item in present(after["order_items"]) if item["product_id"] in recategorized}
    instants = [image["created_at"] for was, now, _ in differing("orders") for image in (was, now) if image]
    instants += [order["created_at"] for order in present(after["orders"]) if order["order_id"] in order_ids]
    return {day_of(instant, ZoneInfo(time_zone)) for instant in instants}


def positive(cell):
    return cell is not None and Decimal(cell) > 0


def day_of(instant, zone):
    return datetime.datetime.fromisoformat(instant).astimezone(zone).date().isoformat()


def revenue(items):
    return sum((Fraction(item["sale_price"]) for item in items), Fraction(0))


def returned(rows):
    return sum((row["status"] or "").strip().lower() == "returned" for row in rows)


def four_places(value):
    """A sum of prices, which have four decimals."""
    units = int(value * 10000)
    return f"{units // 10000}.{units % 10000:04d}"


def two_places(value):
    """A non-negative fraction, rounded half up."""
    hundredths = (200 * value + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}"
