"""
The Spark job: runs the merges of a plan and writes data files and a manifest. It never writes to a table's log.

    spark-submit job.py BASE PLAN

BASE is the URI of the bucket (s3://name), PLAN the key of the plan, as plan.ts describes it. Each merge is the one of lake/merge.ts, over
whole tables: the batch's latest row of each key against the stored rows, and the files that lose rows rewritten. Data files lie below
their table, in a directory of this run, so that what another run left behind is never taken for theirs. The manifest is written
last, in one request: without it, nothing counts. A retry is safe.
"""

import json
import sys
import uuid
from functools import reduce

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

try:
    from pyspark.errors import AnalysisException, ParseException
except ImportError:
    from pyspark.sql.utils import AnalysisException, ParseException

TYPES = {"long": "bigint"}
# Columns of this job; no table has one of that name.
FILE = "_lake_file"
# Not with an underscore, as directories of that name are hidden from some readers.
PARTITION = "lake_partition"
# Characters of a text that bounds in the log are made of: stats.ts looks at twice its prefix, and one more.
BOUND_CHARACTERS = 65

# Of files as they are stored: about 200 MB in a shuffle.
PARTITION_BYTES = 32 * 1024 * 1024

# What makes Spark's SQL mean what DuckDB's does, and its files what the lake expects.
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


class PlanError(Exception):
    """The plan cannot be carried out: the message says why."""


class SqlUnknown(Exception):
    """Spark does not know the SQL of a merge."""


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def literal(text):
    """Backslashes are themselves, by the settings; a quote cannot be written."""
    return "'" + text.replace("'", "\u2019") + "'"


def sql_type(type_name):
    return TYPES.get(type_name, type_name)


def schema(columns):
    return ", ".join(f"{quoted(c['name'])} {sql_type(c['type'])}" for c in columns)


class Storage:
    """Whole objects of the bucket, through the file systems of Hadoop."""

    def __init__(self, spark, base):
        self.base = base.rstrip("/")
        self.jvm = spark.sparkContext._jvm
        self.configuration = spark.sparkContext._jsc.hadoopConfiguration()

    def uri(self, key):
        return f"{self.base}/{key}"

    def path(self, key):
        return self.jvm.org.apache.hadoop.fs.Path(self.uri(key))

    def file_system(self):
        return self.path("").getFileSystem(self.configuration)

    def read_text(self, key):
        stream = self.file_system().open(self.path(key))
        try:
            return self.jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()

    def write_text(self, key, text):
        stream = self.file_system().create(self.path(key), True)
        stream.write(bytearray(text.encode("utf-8")))
        stream.close()

    def exists(self, key):
        return self.file_system().exists(self.path(key))

    def size(self, key):
        return self.file_system().getFileStatus(self.path(key)).getLen()

    def names(self, key):
        """The forms in which Spark can give the path of a file in its metadata."""
        # As a file system writes it: without the empty authority of file:///.
        path = self.jvm.org.apache.hadoop.fs.Path(self.path(key).toString())
        return {path.toString(), path.toUri().toString()}


class Table:
    """A table's live data files, and the rows in them."""

    def __init__(self, spark, storage, name, location, columns, partition_columns, deleted_column, files):
        self.spark = spark
        self.storage = storage
        self.name = name
        self.location = location
        self.columns = columns
        self.partition_columns = partition_columns
        self.deleted_column = deleted_column
        self.files = files
        self.all_rows = None

    @property
    def file_columns(self):
        return [c for c in self.columns if c["name"] not in self.partition_columns]

    def key_of(self, path):
        return f"{self.location}/{path}"

    def replace_files(self, files):
        self.files = files
        self.all_rows = None

    def rows(self):
        """Every row, as rows_of gives them. Spark looks the files up once."""
        if self.all_rows is None:
            self.all_rows = self.rows_of(range(len(self.files)))
        return self.all_rows

    def rows_of(self, numbers):
        """
        The rows of some files, deleted ones too, with all columns and the number of its file. A column that a file lacks is null.
        :param numbers: those of the files
        """
        chosen = sorted(numbers)
        if not chosen:
            empty = self.spark.createDataFrame([], schema(self.columns))
            return empty.withColumn(FILE, f.lit(None).cast("int"))
        paths = [self.storage.uri(self.key_of(self.files[number]["path"])) for number in chosen]
        stored = (
            self.spark.read.schema(schema(self.file_columns))
            .parquet(*paths)
            .select("*", f.col("_metadata.file_path").alias("_lake_path"))
        )
        numbered = self.spark.createDataFrame(
            [
                (
                    name,
                    number,
                    self.files[number].get("origin"),
                    *[self.files[number]["partition_values"].get(c) for c in self.partition_columns],
                )
                for number in chosen
                for name in self.storage.names(self.key_of(self.files[number]["path"]))
            ],
            ", ".join(
                [
                    "_lake_path string",
                    f"{FILE} int",
                    "_lake_origin map<string, string>",
                    *[f"{quoted(c)} string" for c in self.partition_columns],
                ]
            ),
        )
        # A row whose file has another name there would be lost by an inner join: assert_true is evaluated for every row.
        joined = stored.join(f.broadcast(numbered), "_lake_path", "left")
        known = f.when(f.col(FILE).isNotNull(), f.col(FILE)).otherwise(
            f.raise_error(f.concat(f.lit(f"{self.location}: no file of the plan is named "), f.col("_lake_path"))).cast("int")
        )
        replaced = {name for number in chosen for name in self.files[number].get("origin") or {}}
        types = {c["name"]: sql_type(c["type"]) for c in self.columns}

        def value(name):
            if name in self.partition_columns:
                return f"cast(nullif({quoted(name)}, '') as {types[name]})"
            if name not in replaced:
                return quoted(name)
            of_all = f"cast(_lake_origin[{literal(name)}] as {types[name]})"
            return f"if(map_contains_key(_lake_origin, {literal(name)}), {of_all}, {quoted(name)})"

        return joined.select(*[f.expr(f"{value(n)} as {quoted(n)}") for n in types], known.alias(FILE))

    def show(self):
        """Creates the views stored_<name>, of all rows, and live_<name>, of those that are not deleted."""
        rows = self.rows().drop(FILE)
        rows.createOrReplaceTempView(f"stored_{self.name}")
        if self.deleted_column is not None:
            rows = rows.where(f"{quoted(self.deleted_column)} is not true")
        rows.createOrReplaceTempView(f"live_{self.name}")


def greater(columns, left, right):
    """The condition that the left row sorts after the right one; null sorts first."""
    rest = "false"
    for name in reversed(columns):
        a, b = f"{left}.{quoted(name)}", f"{right}.{quoted(name)}"
        rest = f"case when {a} is distinct from {b} then coalesce({a} > {b}, {b} is null) else {rest} end"
    return rest


def equal(columns, left, right):
    return " and ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in columns)


class Merge:
    """One merge of a plan: reads its rows, finds what they change, writes the files of what is changed."""

    def __init__(self, spark, storage, plan, step, tables):
        self.spark = spark
        self.storage = storage
        self.plan = plan
        self.step = step
        self.tables = tables
        self.stored = tables[step["table"]]
        self.kept = []

    def run(self):
        """
        :returns: the merge's part of the manifest
        :raises SqlUnknown: where Spark does not know the SQL
        """
        try:
            for view in self.step["views"]:
                self.spark.sql(view["sql"]).createOrReplaceTempView(view["name"])
            rows = self.spark.sql(self.step["rows"])
        except (AnalysisException, ParseException) as error:
            raise SqlUnknown(str(error).strip().split("\n")[0]) from error
        try:
            return self.merged(rows)
        finally:
            for frame in self.kept:
                frame.unpersist()

    def describe(self, what):
        """Names the jobs that follow in Spark's user interface and event log."""
        self.spark.sparkContext.setJobDescription(f"{self.step['table']}: {what}")

    def keep(self, frame):
        self.kept.append(frame.persist())
        return frame

    def merged(self, rows):
        step, stored = self.step, self.stored
        key = [quoted(k) for k in step["key"]]
        marked = self.batch(rows)
        hits = None
        if stored.files and not step["replaces"]:
            hits = self.keep(self.hits(stored.rows(), marked))
            lost = hits.where("not _lake_wins").select(*key).distinct().withColumn("_lake_lost", f.lit(True))
            marked = marked.drop("_lake_lost").join(lost, step["key"], "left")
        marked = self.keep(marked)
        winners = marked.where("_lake_lost is null")
        self.describe("rows of the batch, and the stored rows that they meet")
        partitions = self.partitions(marked)
        self.describe("files that lose rows")
        files = {} if hits is None else {row[FILE]: row for row in self.by_file(hits).collect()}
        dirty = {number for number, row in files.items() if row["loses"]}
        counts = self.counts(partitions.values(), files.values())
        removes = sorted(file["path"] for number, file in enumerate(stored.files) if step["replaces"] or number in dirty)
        changes = step["replaces"] or counts["written"] > 0 or counts["deleted"] > 0
        if not changes:
            return {"table": step["table"], "removes": [], "adds": [], "counts": counts}
        touched = None if hits is None else hits.where("_lake_wins").select(*key).distinct()
        written = {values for values, row in partitions.items() if row["written"] > 0}
        self.describe("new files")
        adds = self.write(winners, written, counts["written"], dirty, touched)
        return {"table": step["table"], "removes": removes, "adds": adds, "counts": counts}

    def batch(self, rows):
        """
        The latest version of each key among the incoming rows, with every column, the number of incoming rows of the key, and
        `_lake_lost`, null. Evaluating it fails for a row without a key, and for two rows of a key that have no versions.
        """
        step, stored = self.step, self.stored
        key, version = step["key"], step["version_order"]
        derived = {d["name"]: d["sql"] for d in step["derived"]}
        types = {c["name"]: sql_type(c["type"]) for c in stored.columns}
        casts = []
        for name, type_name in types.items():
            if name in derived:
                continue
            cast = f"cast({quoted(name)} as {type_name})"
            # In the log, the empty string and null are the same partition.
            if type_name == "string" and name in stored.partition_columns:
                cast = f"nullif({cast}, '')"
            if name in key:
                fault = literal(f"table {stored.location}: a row came without a value for {name}")
                cast = f"coalesce({cast}, cast(raise_error({fault}) as {type_name}))"
            casts.append(f"{cast} as {quoted(name)}")
        complete = rows.selectExpr(*casts).selectExpr(*[f"{derived.get(n, quoted(n))} as {quoted(n)}" for n in types])
        of_key = Window.partitionBy(*[f.col(quoted(k)) for k in key])
        counted = complete.withColumn("_lake_rows", f.count(f.lit(1)).over(of_key))
        if version:
            order = [f.col(quoted(name)).desc_nulls_last() for name in version]
            place = f.row_number().over(of_key.orderBy(*order))
            latest = counted.withColumn("_lake_place", place).where("_lake_place = 1").drop("_lake_place")
        else:
            fault = literal(f"table {stored.location}: several rows came for one {', '.join(key)}: expected one")
            once = f"case when _lake_rows > 1 then cast(raise_error({fault}) as bigint) else _lake_rows end"
            latest = counted.withColumn("_lake_rows", f.expr(once))
        return self.keep(latest.withColumn("_lake_lost", f.lit(None).cast("boolean")))

    def hits(self, old, batch):
        """
        The stored rows with a key of the batch, and those to delete: file, key, whether the batch wins against every stored row of
        the key, whether one of them is not deleted yet, whether the key is deleted, the row's place among those of its key.
        """
        step, stored = self.step, self.stored
        key, version, flag = step["key"], step["version_order"], stored.deleted_column
        names = [c["name"] for c in stored.columns]
        wins = greater(version, "b", "t") if version else " or ".join(f"b.{quoted(n)} is distinct from t.{quoted(n)}" for n in names)
        is_live = "true" if flag is None else f"t.{quoted(flag)} is not true"
        marks = "false" if flag is None else f"b.{quoted(flag)} is true"
        columns = [f"t.{FILE} as {FILE}", *[f"t.{quoted(k)} as {quoted(k)}" for k in key]]
        found = (
            old.alias("t")
            .join(batch.alias("b"), f.expr(equal(key, "t", "b")))
            .selectExpr(*columns, f"({wins}) as won", f"{is_live} as live", f"{marks} as marked", "false as deleted")
        )
        if step["is_complete"]:
            gone = old.alias("t").join(batch.alias("b"), f.expr(equal(key, "t", "b")), "left_anti")
            found = found.unionByName(
                gone.selectExpr(*columns, "true as won", f"{is_live} as live", "false as marked", "true as deleted")
            )
        of_key = f"over (partition by {', '.join(quoted(k) for k in key)})"
        return found.selectExpr(
            FILE,
            *[quoted(k) for k in key],
            f"bool_and(won) {of_key} as _lake_wins",
            f"bool_or(live) {of_key} as _lake_live",
            "marked as _lake_marked",
            "deleted as _lake_deleted",
            f"row_number() over (partition by {', '.join(quoted(k) for k in key)} order by {FILE}) as _lake_place",
        )

    def by_file(self, hits):
        """Of each file with a hit: whether it loses a row, and keys whose row is replaced, counted in the first of their files."""
        first = "_lake_wins and _lake_place = 1"
        return hits.groupBy(FILE).agg(
            f.expr("bool_or(_lake_wins) as loses"),
            f.expr(f"count_if({first} and _lake_live) as replaced"),
            f.expr(f"count_if({first} and _lake_deleted) as deleted"),
            f.expr(f"count_if({first} and _lake_live and _lake_marked) as marked"),
        )

    def partitions(self, marked):
        """Of each partition, as text, that the batch has rows of: its rows, those that are written, those that delete their key."""
        flag, columns = self.stored.deleted_column, self.stored.partition_columns
        is_deletion = "false" if flag is None else f"{quoted(flag)} is true"
        texts = [f.expr(f"cast({quoted(c)} as string)").alias(c) for c in columns]
        counted = marked.groupBy(*texts).agg(
            f.expr("coalesce(sum(_lake_rows), 0) as incoming"),
            f.expr("count_if(_lake_lost is null) as written"),
            f.expr(f"count_if(_lake_lost is null and {is_deletion}) as flagged"),
        )
        return {tuple(row[at] for at in range(len(columns))): row for row in counted.collect()}

    def counts(self, partitions, files):
        """What is changed, in rows: as lake/merge/counts.sql."""
        of_batch = {name: sum(row[name] for row in partitions) for name in ("incoming", "written", "flagged")}
        of_table = {name: sum(row[name] for row in files) for name in ("replaced", "deleted", "marked")}
        deleted = of_table["deleted"] + of_table["marked"]
        updated = of_table["replaced"] - deleted
        return {
            "inserted": of_batch["written"] - of_batch["flagged"] - updated,
            "updated": updated,
            "deleted": deleted,
            "written": of_batch["written"],
            "superseded": of_batch["incoming"] - of_batch["written"],
        }

    def write(self, winners, partitions, written, dirty, touched):
        """
        Writes the new rows, and those that files that lose rows keep, to new files.
        :param partitions: those of the new rows; written: their number; dirty: the files that lose rows; touched: the keys they lose
        :returns: the files, as the manifest has them
        """
        step, stored = self.step, self.stored
        names = [quoted(c["name"]) for c in stored.columns]
        out = winners.select(*names)
        if dirty:
            kept = stored.rows_of(dirty).join(touched, step["key"], "left_anti")
            out = out.unionByName(kept.select(*names))
        of_files = [tuple(stored.files[n]["partition_values"].get(c) or None for c in stored.partition_columns) for n in dirty]
        ordered = sorted({*partitions, *of_files}, key=lambda row: [(value is not None, value or "") for value in row])
        values = [dict(zip(stored.partition_columns, row)) for row in ordered]
        sorting = [f.col(quoted(k)) for k in step["key"]]
        if stored.partition_columns:
            out = self.with_partition(out, values)
            sorting = [f.col(PARTITION), *sorting]
        row_bytes = step["row_bytes"]
        size = written * row_bytes + sum(stored.files[number]["size"] for number in dirty)
        parts = max(1, -(-size // step["target_bytes"]))
        # One part needs no sample of the rows to find its bounds.
        spread = out.repartition(1) if parts == 1 else out.repartitionByRange(parts, *sorting)
        writer = (
            spread.sortWithinPartitions(*sorting)
            .drop(*stored.partition_columns)
            .write.option("maxRecordsPerFile", max(1, int(1.5 * step["target_bytes"] // max(row_bytes, 1))))
        )
        if stored.partition_columns:
            writer = writer.partitionBy(PARTITION)
        directory = f"{stored.location}/{self.plan['directory']}-{uuid.uuid4().hex[:8]}"
        writer.parquet(self.storage.uri(directory))
        return self.described(directory, values)

    def with_partition(self, out, values):
        columns = self.stored.partition_columns
        numbers = self.spark.createDataFrame(
            [(number, *[value[c] for c in columns]) for number, value in enumerate(values)],
            ", ".join([f"{PARTITION} int", *[f"{quoted(c)} string" for c in columns]]),
        )
        same = " and ".join(f"cast(o.{quoted(c)} as string) <=> n.{quoted(c)}" for c in columns)
        joined = out.alias("o").join(f.broadcast(numbers.alias("n")), f.expr(same))
        return joined.selectExpr("o.*", f"n.{PARTITION}")

    def described(self, directory, values):
        """The files below a directory, with what the log says about them: sizes in bytes, rows, and bounds as DuckDB writes them."""
        columns = self.stored.file_columns
        if not self.storage.exists(directory):
            return []
        number = {"name": PARTITION, "type": "int"}
        of_partitions = [number] if self.stored.partition_columns else []
        rows = self.spark.read.schema(schema([*columns, *of_partitions])).parquet(self.storage.uri(directory))
        self.describe("statistics")
        bounds = []
        for index, column in enumerate(columns):
            name, kind = quoted(column["name"]), column["type"]
            bounds.append(f.expr(f"count({name}) as n{index}"))
            for side in ("min", "max"):
                bounds.append(f.expr(f"{bound_text(f'{side}({name})', kind)} as {side}{index}"))
            is_nan = f"coalesce(bool_or(isnan({name})), false)" if kind == "double" else "false"
            bounds.append(f.expr(f"{is_nan} as nan{index}"))
        by_file = rows.groupBy(
            f.col("_metadata.file_path").alias("_lake_path"),
            f.col("_metadata.file_size").alias("_lake_size"),
            *[column["name"] for column in of_partitions],
        ).agg(f.count("*").alias("_lake_rows"), *bounds)
        files = []
        for row in by_file.collect():
            # Names that Spark gives files and directories have no character that a URI would encode.
            below = row["_lake_path"].rsplit(f"{self.plan['directory']}-", 1)[1]
            path = f"{self.plan['directory']}-{below}"
            statistics = {
                column["name"]: {
                    "min": row[f"min{index}"],
                    "max": row[f"max{index}"],
                    "nulls": row["_lake_rows"] - row[f"n{index}"],
                    "has_nan": row[f"nan{index}"],
                }
                for index, column in enumerate(columns)
            }
            files.append(
                {
                    "path": path,
                    "partition_values": values[row[PARTITION] if of_partitions else 0],
                    "size": row["_lake_size"],
                    "rows": row["_lake_rows"],
                    "columns": statistics,
                }
            )
        return sorted(files, key=lambda file: file["path"])


def bound_text(value, kind):
    """A bound as text, as DuckDB writes it into the footers of its files."""
    if kind == "string":
        return f"left({value}, {BOUND_CHARACTERS})"
    if kind == "timestamp":
        return f"concat(date_format({value}, 'yyyy-MM-dd HH:mm:ss.SSSSSS'), '+00')"
    if kind == "boolean":
        return f"cast(cast({value} as int) as string)"
    return f"lower(cast({value} as string))"


def with_row_files(spark, storage, rows):
    """A view of the rows that validate wrote, with their number in their file from 0."""
    frame = (
        spark.read.schema(schema(rows["columns"]))
        .parquet(*[storage.uri(key) for key in rows["keys"]])
        .select("*", f.col("_metadata.row_index").alias("file_row_number"))
    )
    frame.createOrReplaceTempView(rows["view"])


def partitions_of(spark, storage, plan):
    """
    In how many parts rows are shuffled: more for more bytes, as Spark's default of 200 would give each of a table of 10 TB 50 GB, and
    each of a small one next to nothing, which takes as long.
    """
    stored = sum(file["size"] for table in plan["tables"] for file in table["files"])
    of_batch = sum(storage.size(key) for rows in plan["row_files"] for key in rows["keys"])
    return max(spark.sparkContext.defaultParallelism, -(-(stored + of_batch) // PARTITION_BYTES))


def run(spark, base, plan_key):
    for name, value in SETTINGS.items():
        spark.conf.set(name, value)
    storage = Storage(spark, base)
    plan = json.loads(storage.read_text(plan_key))
    spark.conf.set("spark.sql.shuffle.partitions", partitions_of(spark, storage, plan))
    tables = {
        table["name"]: Table(spark, storage, **{**table, "files": list(table["files"])}) for table in plan["tables"]
    }
    for rows in plan["row_files"]:
        with_row_files(spark, storage, rows)
    for table in tables.values():
        table.show()
    done, left_out, not_computed = [], {}, set()
    for step in plan["merges"]:
        name = step["table"]
        if any(read in not_computed for read in step["reads"]):
            # It can be computed once those that it reads are, elsewhere.
            not_computed.add(name)
            continue
        try:
            merged = Merge(spark, storage, plan, step, tables).run()
        except SqlUnknown as error:
            not_computed.add(name)
            left_out[name] = str(error)
            print(f"{name} is left out, as Spark does not know its SQL: {error}", file=sys.stderr)
            continue
        print(f"{name}: {json.dumps(merged['counts'])}, {len(merged['adds'])} files", flush=True)
        removed = set(merged["removes"])
        table = tables[name]
        table.replace_files([file for file in table.files if file["path"] not in removed] + merged["adds"])
        if any(name in later["reads"] for later in plan["merges"]):
            table.show()
        done.append(merged)
    manifest = {
        "plan": plan_key,
        "spark": spark.version,
        "merges": done,
        "left_out": [{"table": name, "why": why} for name, why in left_out.items()],
    }
    storage.write_text(plan["manifest"], json.dumps(manifest))


def main():
    if len(sys.argv) != 3:
        sys.exit("expected two arguments: the URI of the bucket, and the key of the plan")
    spark = SparkSession.builder.appName("daybook").getOrCreate()
    try:
        run(spark, sys.argv[1], sys.argv[2])
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
