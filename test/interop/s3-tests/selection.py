"""The list of the selected tests, and what packages/local-aws/README.md tells of them."""

import textwrap
from collections import Counter
from pathlib import Path

SELECTED = Path(__file__).parent / "selected.txt"
PAGE = Path("packages/local-aws/README.md")
BEGIN, END = "<!-- s3-tests: begin, written by `s3_tests.py --survey` -->\n", "<!-- s3-tests: end -->\n"
UNKNOWN = "??"

# In every test: they make and empty the bucket it works in.
SETTING_UP = {"CreateBucket", "DeleteBucket", "ListBuckets"}


def read_list():
    """Test to (outcome, reason of a failure)."""
    listed = {}
    for line in SELECTED.read_text().splitlines():
        if line and not line.startswith("#"):
            entry, _, reason = line.partition("  # ")
            outcome, name = entry.split(" ", 1)
            listed[name] = (outcome, reason)
    return listed


def select(found, listed):
    """What of a survey is selected, as in the list, and how many tests are left out, by reason."""
    left_out = Counter()
    selected = {}
    for name, test in sorted(found.items()):
        if test["unfit"]:
            left_out[test["unfit"]] += 1
        elif test["outcome"] == "skipped":
            left_out["settings of Ceph's own"] += 1
        else:
            failed = test["outcome"] == "failed"
            reason = listed.get(name, ("", ""))[1] or f"{UNKNOWN} {test['message'][:120]}"
            selected[name] = (test["outcome"], reason if failed else "")
    return selected, left_out


def write_list(selected):
    header = [line for line in SELECTED.read_text().splitlines() if line.startswith("#")]
    lines = [f"{outcome} {name}" + (f"  # {reason}" if reason else "") for name, (outcome, reason) in selected.items()]
    SELECTED.write_text("\n".join([*header, *lines]) + "\n")


def write_page(selected, left_out, found, commit):
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest:
        raise SystemExit(f"{PAGE} lacks the line {BEGIN.strip()}")
    PAGE.write_text(before + BEGIN + "\n" + section(selected, left_out, found, commit) + "\n" + END + after)


def section(selected, left_out, found, commit):
    passed = [name for name, (outcome, _) in selected.items() if outcome == "passed"]
    lines = [
        *filled(
            f"Of the {len(found)} tests at commit `{commit[:12]}`, {len(selected)} apply: {len(passed)} pass,"
            f" {len(selected) - len(passed)} fail. The others are about "
            + "; ".join(f"{reason} ({count})" for reason, count in left_out.most_common())
            + "."
        ),
        "",
        "| Operation | Selected | Passed | Failed |",
        "| --- | --: | --: | --: |",
        *by_operation(selected, found),
        "",
        "A test counts for each operation it asks for.",
    ]
    return "\n".join(lines) + "\n"


def filled(text):
    return textwrap.wrap(text, 130, break_long_words=False, break_on_hyphens=False)


def by_operation(selected, found):
    counts = {}
    for name, (outcome, _) in selected.items():
        asked = set(found[name]["operations"])
        for operation in asked - SETTING_UP or asked or {"none, or refused by the client"}:
            counts.setdefault(operation, Counter())[outcome] += 1
    for operation, outcomes in sorted(counts.items()):
        yield f"| {operation} | {outcomes.total()} | {outcomes['passed']} | {outcomes['failed']} |"
