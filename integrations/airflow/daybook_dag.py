"""
Processes what was uploaded to a deployment of Daybook, verifies the marts, and announces each mart whose rows changed.

`daybook airflow` writes `daybook.json` beside this file, with the deployment's names, its marts and the settings. Every task can
be repeated: the orchestrator claims files and runs one execution at a time, whoever calls it and however often; the others read.
"""

import json
import logging
import re
from datetime import timedelta, timezone
from functools import cache
from pathlib import Path
from urllib.parse import quote

from airflow.providers.amazon.aws.hooks.base_aws import AwsGenericHook
from airflow.providers.amazon.aws.links.base_aws import BaseAwsLink
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Asset, PokeReturnValue, TaskGroup, dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from botocore.config import Config

DAYBOOK = json.loads(Path(__file__).with_name("daybook.json").read_text())
# A DAG that is scheduled on a mart names its asset likewise: Asset("daybook.order_kpis").
ASSETS = {mart["name"]: Asset(mart["asset"]) for mart in DAYBOOK["marts"]}

# Lambda ends the orchestrator after five minutes.
CONFIG = Config(read_timeout=310, retries={"total_max_attempts": 3})
LISTED = 10

log = logging.getLogger("daybook")


@cache
def aws(service=None):
    return AwsGenericHook(aws_conn_id=DAYBOOK["connection"], client_type=service, config=CONFIG)


@cache
def place():
    """The account and region of the connection."""
    region = aws().get_session().region_name
    if region is None:
        raise AirflowFailException(f"the connection {DAYBOOK['connection']} has no region_name")
    return {"account": aws().account_id, "region": region}


def bucket():
    return DAYBOOK["bucket"].format(**place())


def instant(moment):
    """As the ledger has it: text that sorts by time."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def objects(prefix, after=""):
    paginator = aws("s3").conn.get_paginator("list_objects_v2")
    pages = paginator.paginate(Bucket=bucket(), Prefix=prefix, StartAfter=after)
    return (found for page in pages for found in page.get("Contents", []))


def ledger(outcome, since=None):
    """The files whose last outcome this is, since a time."""
    paginator = aws("dynamodb").conn.get_paginator("query")
    pages = paginator.paginate(
        TableName=DAYBOOK["ledger"],
        IndexName=DAYBOOK["ledger_index"],
        KeyConditionExpression="outcome = :outcome AND updated_at >= :since",
        ExpressionAttributeValues={":outcome": {"S": outcome}, ":since": {"S": instant(since) if since else "0"}},
    )
    names = ("key", "etag", "uploaded_at", "reason")
    return [{name: item.get(name, {}).get("S", "") for name in names} for page in pages for item in page["Items"]]


def orchestrate():
    """Calls the orchestrator, which starts an execution for what is in the queue, unless one runs. Returns what it did."""
    client = aws("lambda").conn
    request = json.dumps({"source": "airflow"})
    try:
        response = client.invoke(FunctionName=DAYBOOK["orchestrator"], Payload=request)
    except client.exceptions.TooManyRequestsException:
        # Its schedule, or the end of an execution, has called it at this moment.
        return {"started": False, "reason": "busy"}
    answer = json.load(response["Payload"])
    if "FunctionError" in response:
        raise AirflowException(f"the orchestrator failed: {answer.get('errorMessage', answer)}")
    return answer


def input_files():
    """The files in input/ by key and ETag, as the ledger names them, with the time of their upload."""
    found = (one for one in objects("input/") if not one["Key"].endswith("/"))
    return {(one["Key"], one["ETag"].strip('"')): one["LastModified"] for one in found}


def given_up(files):
    """Those that five executions failed with: they stay in input/ until a person deals with them."""
    return [one for one in ledger("dead_letter") if (one["key"], one["etag"]) in files]


def unfinished(since, has_received):
    """
    Keys of the files uploaded before a time that wait in input/ or whose execution has not ended.

    :param has_received: whether the orchestrator emptied the queue since then: what was given up before, and moved back to the
        queue, is no longer given up
    """
    files = input_files()
    dead = {one["key"] for one in given_up(files)} if has_received else set()
    waiting = {key for (key, _), uploaded in files.items() if uploaded < since and key not in dead}
    return waiting | {one["key"] for one in ledger("running") if one["uploaded_at"] < instant(since)}


def executions():
    """The last ones, newest first. One runs at a time, so the last to start is the last to end."""
    hook = aws("stepfunctions")
    region, account = place()["region"], place()["account"]
    machine = f"arn:{hook.conn_partition}:states:{region}:{account}:stateMachine:{DAYBOOK['state_machine']}"
    return hook.conn.list_executions(stateMachineArn=machine, maxResults=100)["executions"]


def failure_of(execution):
    """Why an execution did not succeed, and where to look at it."""
    hook = aws("stepfunctions")
    arn = execution["executionArn"]
    told = hook.conn.describe_execution(executionArn=arn)
    console = f"https://console.{BaseAwsLink.get_aws_domain(hook.conn_partition)}/states/home"
    return (
        f"execution {execution['name']} ended as {told['status']}: {told.get('cause', told.get('error', 'no cause given'))}\n"
        f"{console}?region={place()['region']}#/v2/executions/details/{quote(arn)}"
    )


def changed_version(location, announced):
    """
    The version of a table if its rows are not those of the version announced last; otherwise None. Commits that compact files, or
    mark rows as published, change no row.
    """
    folder = f"{location}/_delta_log/"
    after = "" if announced is None else f"{folder}{announced:020}"
    names = (found["Key"].removeprefix(folder) for found in objects(folder, after))
    versions = [int(name[:20]) for name in names if re.fullmatch(r"\d{20}\.json", name)]
    if not versions:
        # There is no table yet, or a new one whose versions are lower.
        return None if announced is None else changed_version(location, None)
    first, last = versions[0], versions[-1]
    unseen = versions if announced is None else versions[1:]
    # Of a log whose entries were deleted meanwhile, the changes are not known.
    is_whole = first == (announced or 0)
    if is_whole and not any(changes_rows(f"{folder}{version:020}.json") for version in unseen):
        return None
    return last


def changes_rows(entry):
    body = aws("s3").conn.get_object(Bucket=bucket(), Key=entry)["Body"].read()
    actions = [json.loads(line) for line in body.splitlines() if line.strip()]
    return any(action.get(kind, {}).get("dataChange") for action in actions for kind in ("add", "remove"))


class Verify(BashOperator):
    """The command with the credentials of the connection, which are known when the task runs."""

    def execute(self, context):
        credentials = aws().get_credentials()
        self.append_env = True
        self.env = {
            # The worker's own profile would take precedence.
            "AWS_PROFILE": "",
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_SESSION_TOKEN": credentials.token or "",
            "AWS_REGION": place()["region"],
            "AWS_ENDPOINT_URL": aws().conn_config.endpoint_url or "",
            "DAYBOOK_PREFIX": DAYBOOK["prefix"],
        }
        return super().execute(context)


@task.sensor(mode="reschedule", poke_interval=30, timeout=timedelta(hours=DAYBOOK["hours"]))
def process(dag_run=None):
    """
    Calls the orchestrator until every file that was uploaded before this run has an outcome. It holds no worker in between. Fails
    if the last execution to end failed; a retry goes on, since the pipeline itself tries again.
    """
    since = dag_run.start_date
    answer = orchestrate()
    log.info("orchestrator: %s", answer)
    listed = executions()
    files = unfinished(since, answer.get("reason") == "empty" or any(one["startDate"] >= since for one in listed))
    ended = [one for one in listed if one["status"] != "RUNNING" and one["stopDate"] >= since]
    if files:
        log.info("%d files without an outcome: %s", len(files), ", ".join(sorted(files)[:LISTED]))
        if ended and ended[0]["status"] != "SUCCEEDED":
            raise AirflowException(failure_of(ended[0]))
        return False
    return PokeReturnValue(is_done=True, xcom_value=[one["name"] for one in ended])


@task
def outcomes(dag_run=None, prev_start_date_success=None):
    """
    Reports the files that were rejected since the last run that succeeded. Fails while there are files that the pipeline gave up;
    the marts do not wait for them.
    """
    rejected = {one["key"]: one["reason"] for one in ledger("rejected", prev_start_date_success or dag_run.start_date)}
    for key, reason in rejected.items():
        log.warning("rejected %s: %s", key, reason)
    dead = [f"{one['key']}: {one['reason']}" for one in given_up(input_files())]
    if dead:
        raise AirflowFailException("\n".join(["files that five executions failed with:", *dead[:LISTED]]))
    return {"rejected": rejected}


@task.short_circuit(inlets=list(ASSETS.values()))
def changed(inlet_events=None):
    """The marts whose rows changed since they were announced, whoever called the orchestrator; if none, the rest is skipped."""
    found = {}
    for mart in DAYBOOK["marts"]:
        events = list(inlet_events[ASSETS[mart["name"]]].ascending(False).limit(1))
        version = changed_version(mart["location"], events[0].extra.get("version") if events else None)
        if version is not None:
            found[mart["name"]] = {"version": version, "location": f"s3://{bucket()}/{mart['location']}"}
    return found


@task
def announce(mart, tables, outlet_events=None):
    if mart not in tables:
        raise AirflowSkipException("no row of it changed")
    outlet_events[ASSETS[mart]].extra = tables[mart]


@dag(
    dag_id=f"{DAYBOOK['prefix']}daybook",
    schedule=DAYBOOK["schedule"],
    catchup=False,
    max_active_runs=1,
    default_args={"retries": DAYBOOK["retries"], "retry_delay": timedelta(minutes=5)},
    tags=["daybook"],
    doc_md=__doc__,
)
def daybook():
    tables = changed()
    process() >> [outcomes(), tables]
    last = tables
    if DAYBOOK["verify"]:
        last = Verify(task_id="verify", bash_command=DAYBOOK["verify"])
        tables >> last
    with TaskGroup("marts") as marts:
        for name, asset in ASSETS.items():
            announce.override(task_id=name, outlets=[asset])(name, tables)
    last >> marts


daybook()
