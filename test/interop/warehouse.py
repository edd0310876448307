"""The questions of docs/warehouse.md through clients of PostgreSQL, in PGlite and in PostgreSQL: each reads the rows of its answers."""

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from checks import demand, expect, expect_that

PAGE = "docs/warehouse.md"
ANSWERS = "test/serving/warehouse/answers.json"
SERVERS = "dist/interop/warehouse-servers.cjs"
PROGRAM = "test/interop/jdbc/Questions.java"
CLIENT_SECONDS = 120
STOP_SECONDS = 30


def run(checks, java, jdbc):
    """
    :param java: the program `java`
    :param jdbc: the driver's jar, or the reason why it is not there
    """
    queries = questions()
    answers = json.loads(Path(ANSWERS).read_text())
    with checks.check(f"{PAGE} has the questions of {ANSWERS}"):
        expect("questions", list(queries), list(answers))
    with servers() as addresses:
        if "PostgreSQL" not in addresses:
            checks.skip("PostgreSQL", "it is not installed; PGlite is asked alone")
        for server, url in addresses.items():
            clients = {
                "psycopg": lambda sql: psycopg_rows(url, sql, binary=False),
                "psycopg, binary": lambda sql: psycopg_rows(url, sql, binary=True),
            }
            if shutil.which("psql"):
                clients["psql"] = lambda sql: [psql_rows(url, one) for one in sql]
            else:
                checks.skip(f"psql on {server}", "it is not installed")
            if Path(jdbc).is_file():
                clients["JDBC"] = lambda sql: jdbc_rows(java, jdbc, url, sql)
            else:
                checks.skip(f"JDBC on {server}", jdbc)
            for client, rows_of in clients.items():
                with checks.check(f"{client} on {server}: the answers of {len(queries)} questions"):
                    found = dict(zip(queries, rows_of(list(queries.values())), strict=True))
                    demand(
                        f"{question} expected {answers[question]}, found {rows}"
                        for question, rows in found.items()
                        if rows != answers[question]
                    )


def questions():
    """The SQL of each question, by its heading."""
    found = {}
    for section in re.split(r"^### ", Path(PAGE).read_text(), flags=re.MULTILINE)[1:]:
        block = re.search(r"^```sql\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
        expect_that(block is not None, f"{PAGE}: a question has no SQL: {section[:60]}")
        found[section.split("\n", 1)[0]] = block[1]
    return found


@contextmanager
def servers():
    """The addresses of servers with the shop that the answers are of, by name."""
    process = subprocess.Popen(["node", SERVERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        expect_that(line != "", f"{SERVERS} ended before it was ready")
        yield json.loads(line)
    finally:
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def psql_rows(url, sql):
    command = ["psql", url, "--no-psqlrc", "--no-align", "--tuples-only", "--field-separator=\t", "--pset=null=\\N"]
    done = subprocess.run([*command, "-c", sql], capture_output=True, text=True, timeout=CLIENT_SECONDS)
    expect("exit code and errors", (done.returncode, done.stderr), (0, ""))
    return cells_of(done.stdout)


def psycopg_rows(url, queries, binary):
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor(binary=binary) as cursor:
        return [[[as_text(cell) for cell in row] for row in cursor.execute(sql)] for sql in queries]


def jdbc_rows(java, jar, url, queries):
    parts = urlsplit(url)
    address = f"jdbc:postgresql://{parts.hostname}:{parts.port}{parts.path}?user={parts.username}"
    done = subprocess.run(
        [java, "-cp", jar, PROGRAM, address],
        input="\0".join(queries),
        capture_output=True,
        text=True,
        timeout=CLIENT_SECONDS,
    )
    expect_that(done.returncode == 0, done.stderr)
    return [cells_of(rows) for rows in done.stdout.split("\0")[:-1]]


def cells_of(text):
    return [[None if cell == "\\N" else cell for cell in line.split("\t")] for line in text.splitlines()]


def as_text(cell):
    """As PostgreSQL writes the cell."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if cell is None else str(cell)
