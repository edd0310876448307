"""
The DAG of integrations/airflow with `airflow dags test` against a pipeline whose orchestrator nobody else calls. Its connection
assumes a role with the policy of docs/airflow.md, which is all that it may do.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import ClientError
from checks import expect, expect_that
from pipeline import Pipeline, clean_environment
from tables import same_items

SOURCES = "integrations/airflow"
PAGE = "docs/airflow.md"
FIXTURES = Path("fixtures/days")
ROLE = "arn:aws:iam::000000000000:role/Airflow"
RUN_SECONDS = 1200
WAIT_SECONDS = 240
RULES = ["--target-version=py310", "--line-length=130"]


def run(checks, environment, directory):
    """
    :param environment: a virtual environment with Airflow
    """
    bin_dir = Path(environment, "bin").absolute()
    with checks.check(f"{SOURCES}: the lint rules and the format of ruff"):
        run_program([bin_dir / "ruff", "check", "--no-cache", *RULES, "--select=E,F,I,B,UP,SIM", SOURCES])
        run_program([bin_dir / "ruff", "format", "--no-cache", "--check", "--line-length=130", SOURCES])
    with checks.check(f"{PAGE}: the DAG that reads marts is one"):
        run_program([bin_dir / "python", "-c", block("python")], {**clean_environment(), "AIRFLOW_HOME": str(directory / "home")})
    with template_with_role() as template, Pipeline(directory / "pipeline", every=0, template=template) as pipeline:
        airflow = Airflow(bin_dir, directory / "home", pipeline)
        expected = json.loads((FIXTURES / "expected.json").read_text())
        drops = sorted(path for path in FIXTURES.iterdir() if path.is_dir())

        with checks.check("files and events: the KPIs that were worked out by hand, verified, an update of each mart with rows"):
            upload(pipeline, files_of(drops[0]))
            post_events(pipeline)
            airflow.dags_test()
            expect("tasks but those of marts", airflow.states("marts."), dict.fromkeys(STEPS, "success"))
            expect_kpis(pipeline, expected["after_first_drop"])
            expect("input/", pipeline.keys("input/"), [])
            expect("assets", airflow.assets(), sorted(f"daybook.{name}" for name in airflow.marts()))
            announced = airflow.announced()
            expect("updates", sorted(announced), sorted(name for name, mart in airflow.marts().items() if mart["rows"]))
            for name, extra in announced.items():
                location = airflow.locations[name]
                expect(name, extra, {"version": pipeline.version(location), "location": f"s3://{pipeline.bucket}/{location}"})
            for name in ("order_kpis", "customer_value", "sessions"):
                expect_that(name in announced, f"{name} was not updated")
        with checks.check("nothing to do: the run succeeds, without a verification and without an update"):
            airflow.dags_test()
            skipped = {"process": "success", "outcomes": "success", "changed": "success", "verify": "skipped"}
            expect("tasks but those of marts", airflow.states("marts."), skipped)
            expect("updates", airflow.announced(), {})
        with checks.check("an execution that fails: the run fails with its cause and the link to it, without an update"):
            first, *others = files_of(drops[1])
            with broken_table(pipeline, "products"):
                upload(pipeline, [first])
                log = airflow.dags_test(succeeds=False)
                failed = {"process": "failed", **dict.fromkeys(["outcomes", "changed", "verify"], "upstream_failed")}
                expect("tasks but those of marts", airflow.states("marts."), failed)
                told = re.search(r"execution (\S+) ended as FAILED: (\w+): BrokenLogError: table staging/products: ", log)
                expect_that(told is not None, f"no cause in {end_of(log)}")
                execution = pipeline.executions(100)[-1]["executionArn"].rsplit(":", 1)[0] + f":{told[1]}"
                console = "https://console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/"
                expect_that(f"{console}{quote(execution)}" in log, f"no link in {end_of(log)}")
                expect("updates", airflow.announced(), {})
                give_up(pipeline, first)
        with checks.check("a file that was given up fails the run, but the other tasks go on, and rejected files are told"):
            upload(pipeline, [*others, *files_of(drops[2])])
            log = airflow.dags_test(succeeds=False)
            found = {task: state for task, state in airflow.states("marts.").items() if task != "verify"}
            expect("tasks", found, {"process": "success", "outcomes": "failed", "changed": "success"})
            reason = re.search(rf"{re.escape(key_of(first))}: \w+: BrokenLogError", log)
            expect_that(reason is not None, f"no reason in {end_of(log)}")
            rejected = [f"input/{file['path']}" for file in expected["files"] if file["outcome"] == "invalid"]
            rejected = [key for key in rejected if key.startswith(f"input/{drops[2].name}/")]
            expect("rejected files that are not told", [key for key in rejected if f"rejected {key}: " not in log], [])
            expect_that(len(rejected) > 5, f"rejected: {rejected}")
        with checks.check("after the repair and a redrive: the KPIs that were worked out by hand"):
            airflow.daybook("redrive")
            airflow.dags_test()
            expect("tasks but those of marts", airflow.states("marts."), dict.fromkeys(STEPS, "success"))
            expect_kpis(pipeline, expected)
            expect("input/", pipeline.keys("input/"), [])
            updated = airflow.announced()
            expect_that("product_sales" in updated and "sessions" not in updated, f"updated: {sorted(updated)}")
        with checks.check(f"the policy of {PAGE} was enough, and allows nothing but the call of the orchestrator"):
            refused = [line for line in (directory / "pipeline/daybook.log").read_text().splitlines() if "refused" in line]
            expect("refused requests", refused, [])
            refuses_changes(pipeline)


STEPS = ["process", "outcomes", "changed", "verify"]


class Airflow:
    """Airflow's commands with a database of their own."""

    def __init__(self, bin_dir, home, pipeline):
        self.bin_dir = bin_dir
        self.home = home
        self.endpoint = pipeline.ready["endpoint"]
        self.environment = {
            **clean_environment(),
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": str(RUN_SECONDS),
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(self.connection()),
        }
        verify = f"{os.path.abspath('bin/daybook.cjs')} verify"
        self.daybook("airflow", "--out", str(home / "dags"), "--retries", "0", "--verify", verify)
        settings = json.loads((home / "dags/daybook.json").read_text())
        self.locations = {mart["name"]: mart["location"] for mart in settings["marts"]}
        self.last_event = 0
        run_program([bin_dir / "airflow", "db", "migrate"], self.environment)

    def connection(self):
        # The provider takes the endpoint for everything but assuming a role.
        sts = {"sts": {"endpoint_url": self.endpoint}}
        extra = {"region_name": "us-east-1", "endpoint_url": self.endpoint, "role_arn": ROLE, "service_config": sts}
        return {"conn_type": "aws", "login": "local", "password": "local", "extra": extra}

    def daybook(self, *arguments):
        environment = {**clean_environment(), "AWS_ENDPOINT_URL": self.endpoint}
        return run_program(["node", "bin/daybook.cjs", *arguments], environment)

    def dags_test(self, succeeds=True):
        """Runs the DAG once. Returns what it logged."""
        command = [self.bin_dir / "airflow", "dags", "test", "daybook"]
        runs = len(self.runs())
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=RUN_SECONDS
        )
        state = "success" if succeeds else "failed"
        expect_that(self.runs()[runs:] == [state], f"{self.runs()[runs:]} instead of {state}: {end_of(done.stdout)}")
        expect("exit code", done.returncode, 0 if succeeds else 1)
        return done.stdout

    def rows(self, sql, *values):
        database = sqlite3.connect(self.home / "airflow.db")
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def runs(self):
        """The state of every run."""
        return [state for (state,) in self.rows("select state from dag_run order by id")]

    def states(self, but=" "):
        """The state of each task of the last run."""
        last = "select run_id from dag_run order by id desc limit 1"
        found = self.rows(f"select task_id, state from task_instance where run_id = ({last})")
        return {task: state for task, state in sorted(found, key=by_step) if not task.startswith(but)}

    def assets(self):
        return [name for (name,) in self.rows("select name from asset order by name")]

    def announced(self):
        """What the assets were updated with since the last call, by mart."""
        found = self.rows(
            "select event.id, name, event.extra from asset_event event join asset on asset.id = asset_id where event.id > ?",
            self.last_event,
        )
        self.last_event = max([self.last_event, *(number for number, _, _ in found)])
        return {name.removeprefix("daybook."): json.loads(extra) for _, name, extra in found}

    def marts(self):
        """The marts of the deployment by name, with their number of rows."""
        return {mart["name"]: mart for mart in json.loads(self.daybook("mart", "list", "--json"))["marts"]}


def block(language):
    """The first one of the docs."""
    return re.search(rf"```{language}\n(.*?)```", Path(PAGE).read_text(), re.DOTALL)[1]


def end_of(log):
    return "\n".join(log.splitlines()[-12:])


def by_step(found):
    return STEPS.index(found[0]) if found[0] in STEPS else len(STEPS)


def run_program(command, environment=None):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=RUN_SECONDS)
    expect_that(done.returncode == 0, f"{command}: exit code {done.returncode}: {done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


@contextmanager
def template_with_role():
    """
    The deployed template, with a role that has the policy of the docs, and without the rule by which an execution calls
    the orchestrator when it ends. In dist/, where the tasks find their modules.
    """
    policy = json.loads(block("json").replace("ACCOUNT", "000000000000").replace("REGION", "us-east-1"))
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}],
    }
    directory = Path(f"dist/templates/airflow-{os.getpid()}")
    shutil.copytree("dist/template", directory)
    try:
        file = directory / "Daybook.template.json"
        template = json.loads(file.read_text())
        rules = [one for one in template["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
        expect("rules", [rule["Properties"]["Name"] for rule in rules], ["Pipeline-Execution-Ended"])
        rules[0]["Properties"]["State"] = "DISABLED"
        template["Resources"]["Airflow"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "Airflow",
                "AssumeRolePolicyDocument": trust,
                "Policies": [{"PolicyName": "docs", "PolicyDocument": policy}],
            },
        }
        file.write_text(json.dumps(template))
        yield directory
    finally:
        shutil.rmtree(directory)


def files_of(drop):
    return sorted(drop.iterdir())


def key_of(path):
    return f"input/{path.parent.name}/{path.name}"


def upload(pipeline, paths):
    for path in paths:
        pipeline.s3.put_object(Bucket=pipeline.bucket, Key=key_of(path), Body=path.read_bytes())


def outcome_of(pipeline, path):
    """What the ledger says of the last upload."""
    found = boto3.resource("dynamodb").Table("FileLedger").query(KeyConditionExpression=Key("key").eq(key_of(path)))
    return found["Items"][-1]["outcome"]


def post_events(pipeline):
    """One visit, in a file."""
    visit = {"client_id": "c1", "session_id": "s1", "page_url": "https://shop.example/"}
    events = [{**visit, "event_id": f"e{number}", "event_name": "page_view"} for number in range(3)]
    request = urllib.request.Request(
        pipeline.ready["eventsUrl"],
        json.dumps(events).encode(),
        {"x-api-key": pipeline.ready["eventsKey"], "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        expect("events", json.load(answer)["accepted"], len(events))
    wait_for(lambda: pipeline.keys("input/events/"), "a file of the events")


def expect_kpis(pipeline, expected):
    for name, table in [("order_kpis", pipeline.ready["orderTable"]), ("category_kpis", pipeline.ready["categoryTable"])]:
        same_items(pipeline.kpis(table), expected[name])


@contextmanager
def broken_table(pipeline, kind):
    """Ends the log of a table with an entry that nobody can read."""
    entry = f"staging/{kind}/_delta_log/{pipeline.version(f'staging/{kind}') + 1:020}.json"
    pipeline.s3.put_object(Bucket=pipeline.bucket, Key=entry, Body=b"no entry\n")
    try:
        yield
    finally:
        pipeline.s3.delete_object(Bucket=pipeline.bucket, Key=entry)


def give_up(pipeline, path):
    """Lets executions fail until a file is a dead letter; each end calls the orchestrator, as the rule does."""
    orchestrator = pipeline.client("lambda")
    for _ in range(5):
        wait_for(lambda: pipeline.executions(1)[0]["status"] != "RUNNING", "the end of an execution")
        if outcome_of(pipeline, path) == "dead_letter":
            return
        ended = pipeline.executions(1)[0]
        event = {"source": "aws.states", "detail": {"name": ended["name"], "status": ended["status"]}}
        orchestrator.invoke(FunctionName="Pipeline-Orchestrator", Payload=json.dumps(event))
    expect("outcome", outcome_of(pipeline, path), "dead_letter")


def wait_for(condition, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        expect_that(time.monotonic() < deadline, f"{what} is missing after {WAIT_SECONDS} s")
        time.sleep(0.2)


def refuses_changes(pipeline):
    """Requests by which the DAG could go past the orchestrator."""
    keys = boto3.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="changes")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    bucket, queue, machine = pipeline.bucket, pipeline.ready["queueUrl"], pipeline.ready["stateMachineArn"]
    execution = pipeline.executions(1)[0]["executionArn"]
    s3, sfn = session.client("s3"), session.client("stepfunctions")
    requests = {
        "StartExecution": lambda: sfn.start_execution(stateMachineArn=machine, input="{}"),
        "StopExecution": lambda: sfn.stop_execution(executionArn=execution),
        "Invoke": lambda: session.client("lambda").invoke(FunctionName="Pipeline-Settle", Payload="{}"),
        "PutObject": lambda: s3.put_object(Bucket=bucket, Key="input/orders.csv", Body=b""),
        "DeleteObject": lambda: s3.delete_object(Bucket=bucket, Key="kpis/order_kpis/_delta_log/00000000000000000000.json"),
        "ReceiveMessage": lambda: session.client("sqs").receive_message(QueueUrl=queue),
        "Scan": lambda: session.client("dynamodb").scan(TableName="FileLedger"),
    }
    for name, request in requests.items():
        try:
            request()
        except ClientError as error:
            expect_that("AccessDenied" in error.response["Error"]["Code"], f"{name}: {error}")
        else:
            expect_that(False, f"{name} was not refused")
