"""delta-rs reads what Daybook wrote."""

import json
import shutil
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from checks import demand, expect, expect_that
from deltalake import DeltaTable, QueryBuilder
from read_tables import as_text, check, differences
from tables import PARTITIONS, SCHEMAS

# Values of each column by which rows are looked for, so that a wrong bound in the stats loses one.
SAMPLES = 5


def run(checks, lake, moments):
    """
    :param lake: a directory with the tables at their locations
    :param moments: what they should hold after each drop, oldest first
    """
    for location in SCHEMAS:
        table_dir = Path(lake, location)
        version, rows = moments[-1][location]
        with checks.check(f"{location}: version {version}, schema, partition columns"):
            expected = {"version": version, "schema": SCHEMAS[location], "partition_columns": PARTITIONS[location]}
            demand(check(table_dir, expected))
            protocol = DeltaTable(table_dir).protocol()
            expect("protocol", (protocol.min_reader_version, protocol.min_writer_version), (1, 2))
        with checks.check(f"{location}: the {len(rows)} rows that the files add up to"):
            demand(check(table_dir, {"rows": rows, "row_count": len(rows)}))
        with checks.check(f"{location}: its partitions"):
            expected = {tuple(row[name] for name in PARTITIONS[location]) for row in rows}
            found = {tuple(part[name] for name in PARTITIONS[location]) for part in DeltaTable(table_dir).partitions()}
            expect("partitions", found, expected)
        with checks.check(f"{location}: every data file of the log is there, and no other"):
            files_are_there(table_dir)
        with checks.check(f"{location}: stats of every file bound what is in it"):
            stats_are_true(table_dir)
        with checks.check(f"{location}: rows looked for by a value of each column are found"):
            for name in SCHEMAS[location]:
                rows_are_found(table_dir, location, name)
        with checks.check(f"{location}: {len(moments)} moments of its history"):
            for moment in moments:
                then, held = moment[location]
                if then is not None:
                    table = DeltaTable(table_dir, version=then)
                    demand(differences(f"version {then}", table, held))
                    expect(f"rows of version {then}", table.to_pyarrow_table().num_rows, len(held))
        with checks.check(f"{location}: from its checkpoint alone, with the log before it gone"):
            copy = without_early_log(table_dir, Path(lake, "from-checkpoint", location))
            demand(check(copy, {"version": version, "rows": rows, "row_count": len(rows)}))


def files_are_there(table_dir):
    live = {Path(uri) for uri in DeltaTable(table_dir).file_uris()}
    missing = [str(path) for path in live if not path.is_file()]
    expect("live files that are missing", missing, [])
    named = set()
    for entry in sorted(Path(table_dir, "_delta_log").glob("*.json")):
        for line in entry.read_text().splitlines():
            action = json.loads(line)
            named |= {table_dir / unquote(file["path"]) for file in (action.get("add"), action.get("remove")) if file}
    lying = {path for path in table_dir.rglob("*.parquet") if path.parent.name != "_delta_log"}
    expect("files that no entry of the log names", lying - named, set())
    expect("files that the log names and that are not there", named - lying, set())


def stats_are_true(table_dir):
    table = DeltaTable(table_dir)
    # Files that Spark writes have one name in several directories.
    paths = {str(Path(uri).relative_to(table_dir)): uri for uri in table.file_uris()}
    adds = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    expect("add actions", len(adds), len(paths))
    for add in adds:
        path = paths.get(add["path"]) or paths[unquote(add["path"])]
        content = pq.ParquetFile(path).read()
        is_bounded = not any(is_unbounded(value) for column in content.columns for value in column.to_pylist())
        expect(f"size of {path}", add["size_bytes"], Path(path).stat().st_size)
        expect(f"numRecords of {path}", add["num_records"], content.num_rows)
        for name in content.column_names:
            values = [value for value in content[name].to_pylist() if value is not None]
            where = f"{name} of {path}"
            expect(f"nullCount of {where}", add[f"null_count.{name}"], content.num_rows - len(values))
            low, high = add[f"min.{name}"], add[f"max.{name}"]
            if not values or not is_bounded:
                expect(f"bounds of {where}, which has no value, or is beside one without", (low, high), (None, None))
                continue
            expect_that(low is not None and high is not None, f"bounds of {where} are missing")
            expect_that(in_bytes(low) <= min(map(in_bytes, values)), f"min of {where}: {low!r} > {min(values)!r}")
            expect_that(in_bytes(high) >= max(map(in_bytes, values)), f"max of {where}: {high!r} < {max(values)!r}")


def is_unbounded(value):
    """A text that no shorter one is greater than: then no column of its file has bounds."""
    return isinstance(value, str) and value.startswith("\U0010ffff" * 65)


def in_bytes(value):
    """Texts are compared by their UTF-8 bytes."""
    return value.encode("utf-8") if isinstance(value, str) else value


def rows_are_found(table_dir, location, name):
    """Through Arrow's datasets and through DataFusion, which both leave files out by the stats."""
    table = DeltaTable(table_dir)
    cells = table.to_pyarrow_table(columns=[name])[name]
    values = sorted({value for value in cells.to_pylist() if value is not None}, key=in_bytes)
    dataset = table.to_pyarrow_dataset()
    engine = QueryBuilder().register("t", table)
    for value in [*values[:: max(1, len(values) // SAMPLES)], *values[-1:]]:
        count = cells.to_pylist().count(value)
        expect(f"rows with {name} = {value!r}", dataset.count_rows(filter=ds.field(name) == pa.scalar(value, cells.type)), count)
        query = f'select count(*) as n from t where "{name}" = {sql_literal(value, SCHEMAS[location][name])}'
        expect(f"rows of {query}", pa.table(engine.execute(query).read_all())["n"][0].as_py(), count)
    expect(f"rows without {name}", dataset.count_rows(filter=ds.field(name).is_null()), cells.null_count)


def sql_literal(value, delta_type):
    quoted = "'" + as_text(value).replace("'", "''") + "'"
    # DataFusion's own timestamps are nanoseconds, which begin in 1677.
    arrow = {"timestamp": 'Timestamp(Microsecond, Some("UTC"))', "date": "Date32", "long": "Int64", "string": "Utf8"}
    return f"arrow_cast({quoted}, '{arrow[delta_type]}')" if delta_type in arrow else f"cast({quoted} as {delta_type})"


def without_early_log(table_dir, copy, at_least=10):
    """A copy of a table whose log begins at its last checkpoint."""
    shutil.copytree(table_dir, copy)
    log = copy / "_delta_log"
    checkpoint = json.loads((log / "_last_checkpoint").read_text())["version"]
    expect_that(checkpoint >= at_least, f"expected a checkpoint of version {at_least} or later, found {checkpoint}")
    for entry in log.glob("*.json"):
        if int(entry.stem) <= checkpoint:
            entry.unlink()
    return copy
