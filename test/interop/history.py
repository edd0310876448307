"""A history of drops: a generated shop's files, then new versions of its rows, with what is hard to store among them."""

import csv
import io
import subprocess
from pathlib import Path

from rows import KEYS, TYPES, Latest, present

GENERATED = ["--orders", "200", "--days", "40", "--products", "60", "--files", "3", "--dirt", "0", "--updates", "0.3"]

# Enough for a checkpoint, which comes with every tenth version, and entries after it.
CHANGES = 10
# The drops that delete rows as well.
DELETING = [4, 10]

LONGEST = 2**63 - 1
GREATEST_MONEY = "99999999999999.9999"


def drops(directory):
    """Lists of files, name to bytes, each list to be uploaded in its order; the tables change with every one."""
    latest = Latest()
    for files in [*generated(directory), odd_rows()]:
        latest.take(files)
        yield files
    for number in range(1, CHANGES + 1):
        files = changes(latest, number)
        if number in DELETING:
            files |= deletions(number)
        latest.take(files)
        yield files


def generated(directory):
    subprocess.run(["node", "dist/fixtures/generate.cjs", *GENERATED, "--out", directory], check=True, capture_output=True)
    parts = sorted(path.name.split("_part")[1] for path in Path(directory).glob("orders_part*.csv"))
    for part in parts:
        names = [f"orders_part{part}", f"order_items_part{part}"]
        yield {name: Path(directory, name).read_bytes() for name in (["products.csv"] if part == parts[0] else []) + names}


def inventory():
    """Counts of products, from the least to the greatest that there can be."""
    counts = [-LONGEST - 1, -1, 0, 1, 2, 100, 10**14, 10**14 + 1, LONGEST]
    rows = [[product, counts[product % len(counts)], "2025-03-01T10:00:00"] for product in range(1, 61)]
    return "\n".join(",".join(map(str, row)) for row in [["product_id", "on_hand", "counted_at"], *rows]).encode()


def odd_rows():
    """Values at the ends of their ranges, and characters that paths, JSON and SQL treat specially."""
    long_text = "long " * 20 + "\U0001f600"
    products = [
        [1001, "quote\"d, and 'more'", "-5", "Odd", "two\nlines", "back\\slash", "0.00005", "Men/Women & Kids=50%"],
        [1002, "ü\U0001f600", "1.5", " Odd ", long_text, long_text[::-1], "2", "Électronique été"],
        [1003, "", "1", "", "", "", GREATEST_MONEY, ""],
        [1004, "\U0010ffff" * 40, "1", "Ünïcode \U0001f600", "~" * 40, "[x]{y}:z", "3.33335", "a+b c#d?e"],
        # Its stats can have no upper bound.
        [1005, "\U0010ffff" * 70, "1", "Odd", "n", "b", "2", "Beyond"],
        [-7, "s", "1", "\u00a0Odd\t", "n", "b", "3", "D" * 300],
    ]
    orders = [
        [LONGEST, 5, "\tReturned ", "2024-12-31T23:30:00-05:00", "", "2025-01-02 03:04:05.123456", "", 1],
        [-LONGEST - 1, -5, "shipped", "1969-07-20 20:17:40.999999", "", "", "", 2],
        [5001, 6, "", "2025-03-01T00:00:00.000001Z", "2025-03-01T00:00:00.0005", "2025-03-02T10:00:00+05:30", "", 1],
        [5002, 6, "RETURNED", "2025-02-28T23:59:59.999999", "9999-12-31T23:59:59.9995", "", "", 0],
    ]
    items = [
        [9001, LONGEST, 5, 1002, "returned", "2025-01-01T00:00:00.123456", "", "", "", GREATEST_MONEY],
        [9002, LONGEST, 5, 1001, " RETURNED", "2025-01-01T00:00:00.123457", "", "", "", "0.0001"],
        [9003, -LONGEST - 1, "", "", "x", "1969-07-20T20:17:40", "", "", "", "12.345"],
        [9004, 5001, "", 424242, "", "9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999999", "", "", "7.125"],
        [9005, 5001, "", 1002, "", "0001-01-01T00:00:00", "", "", "", "0.01"],
    ]
    return {
        "products odd & ends.csv": csv_of("products", products),
        "orders_odd+ends.csv": csv_of("orders", orders),
        "order_items_ödd.csv": csv_of("order_items", items),
    }


def changes(latest, number):
    """New versions of a few rows: another month, department, price, status; and a new row of each kind."""

    def again(kind, start, step, change):
        rows = sorted(present(latest.rows[kind].values()), key=lambda row: int(row[KEYS[kind]]))
        chosen = [row for row in rows if 0 < int(row[KEYS[kind]]) <= 600][start::step]
        return [[cell or "" for cell in ({**row, **change(row)}[name] for name in TYPES[kind])] for row in chosen]

    def moved(row):
        month = int(row["created_at"][5:7]) % 12 + 1
        return {"created_at": f"2025-{month:02d}-{number:02d}{row['created_at'][10:]}", "status": "returned"}

    day = f"2026-01-{number:02d}T12:00:00"
    return {
        f"products_{number}.csv": csv_of(
            "products",
            again("products", number, 20, lambda row: {"department": f"Department {number % 3}", "category": "Moved"})
            + [[2000 + number, f"new-{number}", "1", f"New {number % 2}", "n", "b", "2.5", "New"]],
        ),
        f"orders_{number}.csv": csv_of(
            "orders", again("orders", number, 50, moved) + [[6000 + number, number, "sold", day, "", "", "", 1]]
        ),
        f"order_items_{number}.csv": csv_of(
            "order_items",
            again("order_items", number, 150, lambda row: {**moved(row), "sale_price": f"{number}.005"})
            + [[9500 + number, 6000 + number, number, 2000 + number, "sold", day, "", "", "", "2.505", 1]],
        ),
    }


def deletions(number):
    """Of a few rows of each kind that are there, of one whose deletion is older, and of one that never was."""

    def deleted(kind):
        cells = dict.fromkeys(TYPES[kind], "")
        return [[*{**cells, KEYS[kind]: key}.values(), "true"] for key in (40, 41 + number, 999_999)]

    return {f"{kind}_deleted_{number}.csv": csv_of(kind, deleted(kind), ["_deleted"]) for kind in TYPES}


def csv_of(kind, rows, more=()):
    """A file with every column of the kind; cells that a row lacks at its end are empty."""
    header = [*TYPES[kind], *more]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([*row, *[""] * (len(header) - len(row))] for row in rows)
    return text.getvalue().encode("utf-8")
