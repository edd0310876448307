"""
The statements of a load into Redshift, and the questions of docs/warehouse.md: sqlglot parses each as Redshift's SQL, and none has what Redshift lacks.
That is less than a run on Redshift, which no test of this project does.
"""

import json
import logging

from checks import demand, expect, expect_that
from scripts import run_script
from warehouse import questions

# Redshift has these statements, sqlglot no node for them.
UNPARSED = ("lock table load_lock", "reset statement_timeout")

# sqlglot's names of functions that Redshift has on its compute nodes: https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
FUNCTIONS = {
    "Case",
    "If",
    "Cast",
    "Coalesce",
    "Count",
    "Exists",
    "Extract",
    "Greatest",
    "Least",
    "Lag",
    "Max",
    "Min",
    "Nullif",
    "Replace",
    "Round",
    "RowNumber",
    "Sum",
    "TimeToStr",
    "Ceil",
    "Avg",
    "And",
    "Or",
}
# A query of the catalogue alone runs there.
LEADER_FUNCTIONS = {"CurrentSchema"}

# https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html
SAMPLES = {
    "Filter": "select count(*) filter (where a > 1) from t",
    "Lateral": "select 1 from t cross join lateral (select t.a) as u",
    "OnConflict": "insert into t (a) values (1) on conflict (a) do nothing",
    "Returning": "delete from t where a = 1 returning a",
    "NullSafeNEQ": "select a from t where a is distinct from b",
    "Values": "select a from (values (1), (2)) as v (a)",
    "Array": "select array[1, 2]",
    "Tuple": "select a from t where (a, b) <> (1, 2)",
    "distinct on": "select distinct on (a) a, b from t",
    "window without a frame": "select sum(a) over (order by b) from t",
    "named window": "select row_number() over w from t window w as (order by a)",
    "function CurrentTimestamp": "select a from t where b > now()",
    "function ArrayAgg": "select array_agg(a) from t",
    "isodow": "select extract(isodow from a) from t",
    "condition of MERGE": "merge into t using s on t.a = s.a when matched and t.b <> s.b then update set b = s.b "
    "when not matched then insert (a) values (s.a)",
}


def run(checks):
    # It warns of statements that it has no node for.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    statements = json.loads(run_script("redshift-statements"))
    with checks.check(f"sqlglot parses {len(statements)} statements of a load, and finds nothing that Redshift lacks"):
        expect_that(len(statements) > 300, f"only {len(statements)} statements")
        kinds = {statement.split()[0] for statement in statements}
        expect("kinds without a statement", {"create", "copy", "merge", "lock"} - kinds, set())
        demand(f"{fault}: {statement}" for statement in statements for fault in faults(statement))
    queries = questions()
    with checks.check(f"sqlglot parses the SQL of {len(queries)} questions, likewise"):
        demand(f"{fault}: {question}" for question, sql in queries.items() for fault in faults(sql))
    with checks.check("what Redshift lacks is found"):
        demand(f"not found: {name}" for name, sql in SAMPLES.items() if name not in faults(sql))


def faults(sql):
    """What keeps Redshift from running a statement, as far as its syntax tells."""
    import sqlglot
    from sqlglot import exp

    if sql in UNPARSED:
        return []
    try:
        (tree,) = sqlglot.parse(sql, read="redshift", error_level=sqlglot.ErrorLevel.RAISE)
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        return [f"not parsed ({error})"]
    lacking = (
        exp.Array,
        exp.Command,
        exp.Filter,
        exp.Lateral,
        exp.NullSafeEQ,
        exp.NullSafeNEQ,
        exp.OnConflict,
        exp.Returning,
    )
    found = []
    for node in tree.walk():
        name = type(node).__name__
        if isinstance(node, lacking):
            found.append(name)
        elif isinstance(node, exp.Values) and not isinstance(node.parent, exp.Insert):
            found.append(name)
        elif isinstance(node, exp.Tuple) and isinstance(node.parent, exp.Binary):
            found.append(name)
        elif isinstance(node, exp.Distinct) and node.args.get("on"):
            found.append("distinct on")
        elif isinstance(node, exp.Window):
            is_aggregate = isinstance(node.this, exp.AggFunc) and not isinstance(node.this, exp.Lag)
            if node.alias:
                found.append("named window")
            if is_aggregate and node.args.get("order") and not node.args.get("spec"):
                found.append("window without a frame")
        elif isinstance(node, exp.Extract) and node.name.lower() == "isodow":
            found.append("isodow")
        elif isinstance(node, exp.When) and node.args.get("condition"):
            found.append("condition of MERGE")
        elif isinstance(node, exp.Func) and name not in FUNCTIONS:
            if name not in LEADER_FUNCTIONS or "pg_tables" not in sql:
                found.append(f"function {node.name if isinstance(node, exp.Anonymous) else name}")
    return found
