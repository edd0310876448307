"""Compares a Delta table, as delta-rs reads it, with what it should hold.

Cells are text or null: decimals with all their digits, dates as 2025-07-01, instants as 2025-07-01T10:00:00.123456Z.
A row names the columns to compare; partition values are columns like others.
"""

import datetime
import decimal
from collections import Counter

from deltalake import DeltaTable


def as_text(cell):
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime.datetime):
        utc = cell.astimezone(datetime.timezone.utc)
        return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, decimal.Decimal):
        return f"{cell:f}"
    return str(cell)


def differences(what, table, expected_rows):
    """Sentences on how the rows of a table differ from the expected ones."""
    columns = sorted({name for row in expected_rows for name in row})
    found_rows = table.to_pyarrow_table(columns=columns or None).to_pylist()
    found = Counter(tuple(as_text(row[name]) for name in columns) for row in found_rows)
    expected = Counter(tuple(row.get(name) for name in columns) for row in expected_rows)
    for row, count in (expected - found).items():
        yield f"{what}: {count} x missing {dict(zip(columns, row))}"
    for row, count in (found - expected).items():
        yield f"{what}: {count} x unexpected {dict(zip(columns, row))}"
    if not columns and found_rows:
        yield f"{what}: expected no rows, found {len(found_rows)}"


def check(path, expected):
    table = DeltaTable(path)
    if "version" in expected and table.version() != expected["version"]:
        yield f"expected version {expected['version']}, found {table.version()}"
    if "schema" in expected:
        found = {field.name: str(field.type.type) for field in table.schema().fields}
        if found != expected["schema"]:
            yield f"expected the schema {expected['schema']}, found {found}"
    if "partition_columns" in expected:
        found = table.metadata().partition_columns
        if found != expected["partition_columns"]:
            yield f"expected partitions by {expected['partition_columns']}, found {found}"
    if "row_count" in expected:
        found = table.to_pyarrow_table().num_rows
        if found != expected["row_count"]:
            yield f"expected {expected['row_count']} rows, found {found}"
    if "rows" in expected:
        yield from differences("now", table, expected["rows"])
