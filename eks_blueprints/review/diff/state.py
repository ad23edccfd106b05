"""A deployed stack as a plan: what `pulumi stack export` writes, in the words of a recording.

What the engine and the providers added is taken out again (`written.py`), secrets become marks, and a deployed value
takes the spelling that the new plan has for it (`alignment.py`). What is left differs in earnest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eks_blueprints.recording.deployed import Deployed
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.recording.render import masked
from eks_blueprints.review.diff.aliases import match
from eks_blueprints.review.diff.alignment import MISSING, Alignment, Outputs
from eks_blueprints.review.diff.wire import cleared, sent
from eks_blueprints.review.diff.written import without_written

_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"
_REFERENCE = "pulumi:pulumi:StackReference"
_OPTIONS = {"protect": "protect", "retainOnDelete": "retain_on_delete", "deletedWith": "deleted_with"}
_SHOWN = 4
"""How many inputs a note names."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """An exported stack beside the plan of its program."""

    plan: Plan
    """What the state stands for, spelled as the new plan is."""
    notes: tuple[str, ...] = ()
    """What could not be compared."""


def deployed(data: Mapping[str, Any]) -> dict[str, Deployed]:
    """What a recording needs to compute with what stands, by URN."""
    return {row["urn"]: _deployed(row) for row in _rows(data) if row["type"] != _STACK}


def stack_references(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The outputs of other stacks, as the last deployment read them."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in _rows(data):
        outputs = row.get("outputs") or {}
        if row["type"] == _REFERENCE and isinstance(given := sent(outputs.get("outputs") or {}), Mapping):
            found[str(outputs.get("name") or row.get("id"))] = given
    return found


def plan_of_state(data: Mapping[str, Any], new: Plan, run: Plan | None = None) -> Plan:
    """The plan that an exported stack stands for, spelled as the new plan of the same stack is."""
    return read_state(data, new, run).plan


def read_state(data: Mapping[str, Any], new: Plan, run: Plan | None = None) -> State:
    """An exported stack, spelled as the new plan of the same stack is.

    Args:
        data: what `pulumi stack export` wrote.
        new: what the program asks for, with symbols for what only a cloud knows.
        run: what it asks for when its resources answer as they are deployed (`record(deployed=...)`); without it, a
            value that the program works out from an output may be shown as a change.
    """
    rows = [row for row in _rows(data) if not _opaque(row, new)]
    pairs = {former: urn for urn, former in match(new, _bare(rows, new)).items()}
    renamed = {former: urn.rpartition("::")[2] for former, urn in pairs.items()}
    outputs = Outputs(rows, renamed, (each.name for each in new.resources))
    reading = _Reading(new, run, outputs, {row["urn"]: row for row in rows}, pairs)
    resources = tuple(reading.planned(row) for row in rows)
    stack: Row = next((row for row in rows if row["type"] == _STACK), {})
    exported = Alignment(outputs)(stack.get("outputs") or {}, new.outputs, MISSING if run is None else run.outputs)
    return State(Plan(new.project, new.stack, resources, exported), tuple(_notes(reading.unknown)))


def _rows(data: Mapping[str, Any]) -> list[Row]:
    """What is there: neither what waits for its deletion, nor what was deleted and is still to be made again."""
    rows = data["deployment"].get("resources") or []
    return [row for row in rows if not row.get("delete") and not row.get("pendingReplacement")]


def _deployed(row: Row) -> Deployed:
    known = {key: sent(each) for key, each in (row.get("outputs") or {}).items()}
    return Deployed(
        str(row.get("id") or ""), row.get("inputs") or {}, {k: v for k, v in known.items() if v is not None}
    )


def _opaque(row: Row, new: Plan) -> bool:
    """Whether no recording shows it: a default provider, or what is inside a component of another language."""
    name = row["urn"].rpartition("::")[2]
    known = new.by_urn()
    if row["urn"] in known:
        return False
    if row["type"].startswith(_PROVIDER) and (name == "default" or name.startswith("default_")):
        return True
    parent = known.get(row.get("parent") or "")
    path = row["urn"].split("::")[2].split("$")
    remote = {each.type for each in new.resources if each.options.get("remote")}
    return bool(parent and parent.options.get("remote")) or (len(path) > 1 and bool(remote & set(path[:-1])))


def _bare(rows: Sequence[Row], new: Plan) -> Plan:
    """The rows as far as finding them again takes."""
    resources = (
        PlannedResource(row["urn"], row["type"], row["urn"].rpartition("::")[2], None, True, {}) for row in rows
    )
    return Plan(new.project, new.stack, tuple(resources))


class _Reading:
    """The rows of one state, one by one."""

    def __init__(
        self, new: Plan, run: Plan | None, outputs: Outputs, rows: Mapping[str, Row], pairs: Mapping[str, str]
    ) -> None:
        self._new, self._run = new.by_urn(), run.by_urn() if run else {}
        self._outputs, self._rows, self._pairs = outputs, rows, pairs
        self.unknown: dict[str, str] = {}

    def planned(self, row: Row) -> PlannedResource:
        """A row as a planned resource."""
        urn = self._pairs.get(row["urn"], row["urn"])
        new, run = self._new.get(urn), self._run.get(urn)
        provider = (row.get("provider") or "").rpartition("::")[0]
        planned = PlannedResource(
            urn=row["urn"],
            type=row["type"],
            name=row["urn"].rpartition("::")[2],
            parent=row.get("parent"),
            custom=bool(row.get("custom")),
            inputs=self._inputs(row, new, run, provider),
            dependencies=tuple(row.get("dependencies") or ()),
            property_dependencies={
                key: tuple(urns or ()) for key, urns in (row.get("propertyDependencies") or {}).items()
            },
            provider=provider or None,
            options=_options(row),
        )
        planned = replace(planned, options={**planned.options, **self._trigger(row, new, run)})
        if new is None or planned.custom or not new.options.get("remote"):
            return planned
        # The engine keeps no inputs of a component in another language, and has it like one of this language.
        self.unknown[f"the inside of {planned.name}"] = ""
        return replace(planned, inputs=new.inputs, options={**planned.options, "remote": True})

    def _trigger(self, row: Row, new: PlannedResource | None, run: PlannedResource | None) -> dict[str, Any]:
        option = "replacement_trigger"
        old = row.get("replacementTrigger")
        if old is None or new is None or option not in new.options:
            return {} if old is None else {option: cleared(old)}
        meant = MISSING if run is None else run.options.get(option, MISSING)
        return {option: Alignment(self._outputs)(old, new.options[option], meant)}

    def _inputs(
        self, row: Row, new: PlannedResource | None, run: PlannedResource | None, provider: str
    ) -> Mapping[str, Any]:
        given: Row = masked(row.get("inputs") or {})
        if new is None:
            return dict(cleared(without_written(row["type"], given, {}, {})))
        others: Row = self._rows.get(provider, {}).get("inputs") or {}
        alignment = Alignment(self._outputs)
        found = without_written(row["type"], given, new.inputs, others)
        inputs: Mapping[str, Any] = alignment(found, new.inputs, MISSING if run is None else run.inputs)
        for path, why in alignment.unknown.items():
            # A secret that is put together from outputs is compared where these come from.
            if why != "secret" or not new.property_dependencies.get(path.partition(".")[0].partition("[")[0]):
                self.unknown[f"{new.name}.{path}"] = why
        return inputs


def _options(row: Row) -> dict[str, Any]:
    options = {ours: cleared(row[theirs]) for theirs, ours in _OPTIONS.items() if row.get(theirs)}
    if row.get("external"):
        options["read_id"] = row.get("id", "")
    return options


def _notes(unknown: Mapping[str, str]) -> Iterator[str]:
    secrets = [path for path, why in unknown.items() if why == "secret"]
    others = [f"{path} ({why})" if why else path for path, why in unknown.items() if why != "secret"]
    if secrets:
        yield f"a state holds secrets encrypted, so whether these change is not known: {_listed(secrets)}"
    if others:
        yield f"only AWS knows whether these change: {_listed(others)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
