"""delta-rs writes to Daybook's tables, rearranges them and makes checkpoints; Daybook reads them, and goes on from there."""

import json
import subprocess
import threading
from pathlib import Path

import pyarrow.compute as pc
import rows as plain
from checks import demand, expect, expect_that
from delta_rs import without_early_log
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError
from history import csv_of, drops
from read_tables import as_text, differences
from scripts import run_script
from tables import same_items

DAY = "2025-05-05T12:00:00"


def run(checks, pipeline, directory):
    """
    :param pipeline: an empty one
    :param directory: to be made
    """
    lake = Path(directory, "lake")
    items, products = lake / "staging/order_items", lake / "staging/products"
    pipeline.drop(next(drops(Path(directory, "shop"))))
    pipeline.copy_out(["staging/"], lake)

    with checks.check("delta-rs updates, deletes and appends, compacts what it left, and makes checkpoints"):
        DeltaTable(items).update(predicate="id % 7 = 0", updates={"sale_price": "3.2550", "status": "'Returned'"})
        DeltaTable(items).delete("id % 11 = 0")
        some = DeltaTable(items).to_pyarrow_table(filters=[("id", "<=", 20)])
        position = some.column_names.index("id")
        write_deltalake(items, some.set_column(position, "id", pc.add(some["id"], 700_000)), mode="append")
        DeltaTable(items).optimize.compact()
        DeltaTable(products).update(predicate="id % 3 = 0", updates={"category": "'Handmade'"})
        for table in (items, products):
            DeltaTable(table).create_checkpoint()

    with checks.check("Daybook reads the tables with its commits and checkpoints"):
        for table in (items, products):
            put_back(pipeline, table)
            found = read(pipeline, table.name)
            expect("version", found["version"], DeltaTable(table).version())
            demand(differences(table.name, DeltaTable(table), found["rows"]))

    with checks.check("Daybook reads a table from its checkpoint alone"):
        location = "interop/order_items"
        pipeline.put_back(without_early_log(items, lake / "from-checkpoint", 1), location)
        demand(differences(location, DeltaTable(items), read(pipeline, "order_items", location)["rows"]))

    latest = plain.Latest()
    for kind in plain.TYPES:
        found = DeltaTable(lake / "staging" / kind).to_pyarrow_table().to_pylist()
        held = [{name: as_text(cell) for name, cell in row.items()} for row in found]
        latest.rows[kind] = {row[plain.KEYS[kind]]: row for row in held}

    def drops_and_counts(files):
        pipeline.drop(files)
        latest.take(files)
        expected = plain.kpis(latest.copy())
        expect("the execution", pipeline.executions(1)[0]["status"], "SUCCEEDED")
        same_items(pipeline.kpis(pipeline.ready["orderTable"]), expected["order_kpis"])
        same_items(pipeline.kpis(pipeline.ready["categoryTable"]), expected["category_kpis"])

    with checks.check("the next drop brings KPIs that count what delta-rs wrote"):
        drops_and_counts({"orders_next.csv": csv_of("orders", [[7001, 3, "sold", DAY, "", "", "", 1]])})

    with checks.check("after a drop and a rewrite that changes no row, with its checkpoint, the next drop goes on"):
        item = [9901, 7001, 3, 1, "sold", DAY, "", "", "", "5.005"]
        drops_and_counts({"order_items_next.csv": csv_of("order_items", [item])})
        pipeline.copy_out(["staging/"], lake)
        DeltaTable(items).optimize.z_order(["product_id"])
        actions = [json.loads(line) for line in newest_entry(items).read_text().splitlines()]
        changes = [next(iter(action.values())).get("dataChange") for action in actions if {"add", "remove"} & set(action)]
        expect("what its files change of the data", set(changes), {False})
        DeltaTable(items).create_checkpoint()
        put_back(pipeline, items)
        drops_and_counts({"order_items_last.csv": csv_of("order_items", [[*item[:4], "returned", *item[5:9], "7"]])})

    with checks.check("delta-rs commits beside Daybook's merges, and neither loses what the other wrote"):
        beside = Beside(pipeline, "order_id = 7001")
        with beside:
            for number in range(1, 6):
                row = [7001 + number, number, "sold", DAY, "", "", "", 1]
                pipeline.drop({f"orders_beside_{number}.csv": csv_of("orders", [row, [7001, 0, "sold", DAY, "", "", "", 1]])})
        found = {row["order_id"]: row["user_id"] for row in beside.table().to_pyarrow_table().to_pylist()}
        expect("orders that were dropped", {number: found.get(7001 + number) for number in range(1, 6)}, {n: n for n in range(1, 6)})
        history = [entry["operation"] for entry in reversed(beside.table().history())]
        merges = [at for at, operation in enumerate(history) if operation == "MERGE"]
        between = [operation for operation in history[merges[-5] : merges[-1]] if operation == "UPDATE"]
        expect_that(len(between) >= 4, f"expected updates of delta-rs between the merges, got {history}")
        expect("updates in the log", history.count("UPDATE") - beside.updates_before, beside.committed)

    # A row of the history is a version that was uploaded.
    with checks.check("daybook verify finds no difference but that the history of products lacks what delta-rs wrote"):
        command = ["node", "bin/daybook.cjs", "verify", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=pipeline.environment)
        expect_that(done.returncode == 1 and done.stdout.startswith("{"), done.stdout[-1000:] + done.stderr[-1000:])
        found = json.loads(done.stdout)
        written = {key for key, row in latest.rows["products"].items() if row["category"] == "Handmade"}
        expect("differences", found["differences"], len(written))
        for one in found["first_differences"]:
            expect("where it is", one["table"], "staging/products_history")
            expect_that(one["key"][0] in written, f"delta-rs did not write {one}")
            expect("the columns", [column["name"] for column in one["columns"]], ["category"])


class Beside:
    """Commits to the orders in the bucket, one after the other, for as long as the `with` block is in."""

    def __init__(self, pipeline, predicate):
        self.location = f"s3://{pipeline.bucket}/staging/orders"
        self.options = {name: value for name, value in pipeline.environment.items() if name.startswith("AWS_")}
        self.options |= {"AWS_ALLOW_HTTP": "true"}
        self.predicate = predicate
        self.committed = 0
        self.failure = None
        self.updates_before = [entry["operation"] for entry in self.table().history()].count("UPDATE")
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._commit)

    def table(self):
        return DeltaTable(self.location, storage_options=self.options)

    def _commit(self):
        while not self.is_over.is_set():
            try:
                updated = self.table().update(predicate=self.predicate, updates={"num_of_item": "num_of_item + 1"})
                self.committed += 1 if updated["num_updated_rows"] > 0 else 0
            except CommitFailedError:
                pass  # A merge was first, and took the file away that it had read.
            except Exception as failure:
                self.failure = failure
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()
        if self.failure:
            raise self.failure


def newest_entry(table_dir):
    return max(Path(table_dir, "_delta_log").glob("*.json"))


def put_back(pipeline, table_dir):
    pipeline.put_back(table_dir, f"staging/{table_dir.name}")


def read(pipeline, table, *location):
    return json.loads(run_script("read-snapshot", pipeline.bucket, table, *location))
