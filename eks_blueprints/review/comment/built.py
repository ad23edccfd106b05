"""The text of a comment, built here from a report's data: nothing of a stranger's text is markup in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.diff.words import transition
from eks_blueprints.review.report.escaped import code, fenced, plain, sentence
from eks_blueprints.review.report.lines import SIGNS
from eks_blueprints.review.report.markdown import CLEAN, ICONS, SECTION, columns

_MOST = 30
_MOST_CHANGES = 400


def built(data: Mapping[str, Any]) -> str:
    """A comment in sections, the most important first; `data` is a report that has been held against its schema."""
    head = f"{CLEAN}\n" if data["level"] == "clean" else ""
    return head + f"\n\n{SECTION}\n\n".join(_sections(data)) + "\n"


def _sections(data: Mapping[str, Any]) -> list[str]:
    found = [_head(data), *_errors(data)]
    for stack in data["stacks"]:
        of = f"{plain(stack['stack'])}: " if len(data["stacks"]) > 1 else ""
        found += [part for part in (_attention(stack, of), _cost(stack, of), _policies(stack, of)) if part]
        found += [part for part in (_security(stack, of), _versions(stack, of), _changes(stack, of)) if part]
    if data["notes"]:
        found.append(f"<sub>{' · '.join(map(plain, data['notes'][:_MOST]))}</sub>")
    return found


def _head(data: Mapping[str, Any]) -> str:
    title = f"### {ICONS[data['level']]} {plain(data['project'] or 'platform')}: {plain(data['verdict'])}"
    commit = f" · {code(data['commit'])}" if data["commit"] else ""
    kinds = columns(data["counts"])
    rows = [f"| stack | {' | '.join(kinds)} | policies |", f"|---|{'--:|' * len(kinds)}---|"]
    for stack in data["stacks"]:
        counts = " | ".join(str(stack["counts"][kind]) for kind in kinds)
        rows.append(f"| {plain(stack['stack'])} | {counts} | {_policy_cell(stack['policies'])} |")
    table = "\n".join(rows) if data["stacks"] else ""
    return "\n\n".join(part for part in (title, f"compared with {plain(data['base'])}{commit}", table) if part)


def _policy_cell(policies: Mapping[str, Any] | None) -> str:
    if policies is None:
        return "not asked"
    unseen = f" ({plain(policies['unseen'])})" if policies["unseen"] else ""
    return f"{len(policies['new']) or '✓'}{' new' if policies['new'] else ''}{unseen}"


def _errors(data: Mapping[str, Any]) -> Iterator[str]:
    for stack, problem in data["errors"].items():
        yield f"#### {plain(stack)} cannot be rendered\n\n{fenced(problem, 'text')}"


def _listed(head: str, rows: Sequence[str]) -> str:
    if not rows:
        return ""
    more = [f"- {len(rows) - _MOST} more in the full report"] if len(rows) > _MOST else []
    return "\n".join([f"#### {head}", "", *rows[:_MOST], *more])


def _attention(stack: Mapping[str, Any], of: str) -> str:
    rows = []
    for item in stack["attention"]:
        icon = f"{ICONS[item['level']]} " if item["level"] != "note" else ""
        cause = f": {sentence(item['cause'])}." if item["cause"] else ""
        effect = f" {sentence(item['effect'])}." if item["effect"] else ""
        led = f" Also affects {len(item['led'])}." if item["led"] else ""
        place = f" {code(item['place'])}" if item["place"] else ""
        rows.append(f"- {icon}**{plain(item['title'])}** {code(item['name'])}{cause}{effect}{led}{place}")
    return _listed(f"{of}needs attention", rows)


def _cost(stack: Mapping[str, Any], of: str) -> str:
    cost = stack["cost"]
    if cost is None or not (cost["lines"] or cost["unknownChanges"]):
        return ""
    moved = f", {money(cost['change']['low'], cost['change']['high'], signed=True)}" if cost["before"] else ""
    unknown = [f"- unknown by how much: {plain(each)}" for each in cost["unknownChanges"][:_MOST]]
    return "\n".join(
        [f"#### {of}cost", "", f"{money(cost['month']['low'], cost['month']['high'])} a month{moved}.", "", *unknown]
    ).rstrip()


def _policies(stack: Mapping[str, Any], of: str) -> str:
    rows = [
        f"- **{plain(each['severity'])}** {code(each['policy'])} {code(each['urn'].rpartition('::')[2])}: "
        f"{plain(each['message'])} {code(each['place']) if each['place'] else ''}".rstrip()
        for each in (stack["policies"] or {}).get("new", ())
    ]
    return _listed(f"{of}policies", rows)


def _security(stack: Mapping[str, Any], of: str) -> str:
    rows = [
        f"- {'+' if each['added'] else '-'} {code(each['subject'])} {sentence(each['text'])}"
        for each in stack["security"]
    ]
    return _listed(f"{of}security", rows)


def _versions(stack: Mapping[str, Any], of: str) -> str:
    rows = []
    for each in stack["versions"]:
        if each["old"] != each["new"]:
            note = f" ({plain(each['note'])})" if each["note"] else ""
            rows.append(
                f"- {plain(each['subject'])} {plain(each['old'] or 'new')} → {plain(each['new'] or 'none')}{note}"
            )
    return _listed(f"{of}versions", rows)


def _changes(stack: Mapping[str, Any], of: str) -> str:
    lines = []
    for each in stack["resources"]:
        mark = {"create": "+", "import": " ", "delete": "-"}.get(each["kind"], "!")
        lines.append(f"{mark} {SIGNS[each['kind']]} {each['type'].rpartition(':')[2]} {each['name']}")
        for change in each["changes"]:
            told = transition(Change(change["path"], change.get("old", ABSENT), change.get("new", ABSENT)))
            lines.append(f"!     {change['path']}: {told}")
    if not lines:
        return ""
    more = [f"# {len(lines) - _MOST_CHANGES} more lines"] if len(lines) > _MOST_CHANGES else []
    body = "\n".join(" ".join(line.split("\n")) for line in (*lines[:_MOST_CHANGES], *more))
    return f"<details><summary>{of}what changes</summary>\n\n{fenced(body, 'diff')}\n\n</details>"
