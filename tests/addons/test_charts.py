"""Every pinned chart against what it renders: the table of renders, the same questions for each row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.addons._charts import forms, options
from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.model import Container, Webhook, Workload
from eks_blueprints.core.images import from_mirror
from tests.addons import chart_exceptions as excused
from tests.addons.catalogue import KINDS, addon, class_of, record_it

PINNED = [kind for kind in KINDS if issubclass(class_of(kind), HelmAddOn)]
RENDERED = [kind for kind in PINNED if (found := table.row(kind)) is not None and found.known]


def of_kind(kind: str) -> Any:
    return class_of(kind)


def row_of(kind: str) -> table.Row:
    row = table.row(kind)
    assert row is not None
    return row


@cache
def spec_of(kind: str, said: str) -> HelmAddOn:
    spec = addon(kind, **(options(of_kind(kind))[said] if said else {}))
    assert isinstance(spec, HelmAddOn)
    return spec


@cache
def values_of(kind: str, said: str, mirrored: tuple[str, ...] = ()) -> dict[str, Any]:
    fields = dict(options(of_kind(kind))[said]) if said else {}
    if mirrored:
        fields["registry_mirrors"] = {host: f"mirror.example.com/{host}" for host in mirrored}
    return dict(record_it(kind, **fields).all("kubernetes:helm.sh/v3:Release")[-1].get("values", {}))


def workloads(kind: str) -> Iterator[tuple[str, str, Workload]]:
    """Each workload in each form, with the form's and its own name."""
    row = row_of(kind)
    for said in ("", *row.forms):
        for name, workload in row.form([said]).workloads.items():
            yield said, name, workload


def leaves(values: Mapping[str, Any], below: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        path = f"{below}{key.replace('.', chr(92) + '.')}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path, value


# The table itself.


def test_the_table_has_each_pinned_chart_and_no_other() -> None:
    crds = [f"{kind}.crds" for kind in PINNED if of_kind(kind).crds]
    assert set(table.kinds()) == {*PINNED, *crds, "karpenter", "karpenter.crds"}


@pytest.mark.parametrize("kind", PINNED)
def test_its_row_is_of_the_version_that_is_pinned(kind: str) -> None:
    row, chart = row_of(kind), of_kind(kind).chart
    assert (row.chart, row.pinned) == (chart.name, chart.version), "run scripts/renew_charts.py"
    assert row.rendered != row.pinned
    if crds := of_kind(kind).crds:
        assert row_of(f"{kind}.crds").pinned == crds.version


def test_a_chart_that_was_not_rendered_says_why() -> None:
    for kind in PINNED:
        assert row_of(kind).known or row_of(kind).missing or row_of(kind).refused


@pytest.mark.parametrize("kind", RENDERED)
def test_the_chart_takes_every_form_that_the_add_on_takes(kind: str) -> None:
    assert not row_of(kind).refused


@pytest.mark.parametrize("kind", RENDERED)
def test_each_form_is_found_again_by_what_the_add_on_says(kind: str) -> None:
    for said in options(of_kind(kind)):
        try:
            found = forms(spec_of(kind, said))
        except ValidationError:
            continue  # an option that needs another one
        assert said in found


# Values.


@pytest.mark.parametrize("kind", RENDERED)
def test_every_value_that_is_set_is_read_by_the_chart(kind: str) -> None:
    row, idle = row_of(kind), excused.UNREAD.get(kind, {})
    given = {path for said in ("", *row.forms) for path, _ in leaves(values_of(kind, said))}
    assert given - set(row.read) == set(idle), "changes nothing, or the table is older than it"


# Where pods run.


def tolerates_all(workload: Workload) -> bool:
    every = {t.get("effect") for t in workload.tolerations if t.get("operator") == "Exists" and not t.get("key")}
    return None in every or {"NoSchedule", "NoExecute"} <= every


def is_at(workload: Workload, what: str, places: tuple[str, ...]) -> bool:
    return any((f"{place}.{what}" if place else what) in workload.at.get(what, ()) for place in places)


@pytest.mark.parametrize("kind", RENDERED)
def test_its_pods_go_where_they_are_sent(kind: str) -> None:
    wrong = []
    for said, name, workload in workloads(kind):
        pods, daemons = spec_of(kind, said).placements()
        if name in excused.UNPLACED.get(kind, {}):
            continue
        if name.startswith("DaemonSet/"):
            if not tolerates_all(workload) and not is_at(workload, "tolerations", daemons):
                wrong.append(f"{name} misses tainted nodes; {workload.at.get('tolerations')}")
            continue
        for what in ("nodeSelector", "tolerations"):
            # What comes with a DaemonSet, such as a job for its CRDs, may run wherever that does.
            if not is_at(workload, what, (*pods, *daemons)):
                wrong.append(f"{name} takes {what} from {workload.at.get(what)}")
    assert not wrong


# Images.


def registry(image: str) -> str:
    host = image.partition("/")[0]
    return host if "/" in image and re.match(r"[^/]*[.:]", image) else "docker.io"


@pytest.mark.parametrize("kind", RENDERED)
def test_every_image_comes_from_a_mirror_where_there_is_one(kind: str) -> None:
    wrong = set()
    for said in ("", *row_of(kind).forms):
        found = row_of(kind).form([said]).workloads.values()
        containers = [each for workload in found for each in workload.containers.values() if each.image]
        hosts = {registry(image) for image in (*(c.image for c in containers), *of_kind(kind).images.values())}
        given = values_of(kind, said, tuple(sorted(hosts)) if of_kind(kind).images else ())
        wrong |= {f"{c.image} from {c.image_at}" for c in containers if not is_mirrored(c, given, hosts)}
    unknown = {each for each in wrong if each.split(" from ")[0].split(":")[0] not in excused.UNMIRRORED.get(kind, {})}
    assert not unknown


def is_mirrored(container: Container, values: Mapping[str, Any], hosts: set[str]) -> bool:
    told = dict(leaves(values))
    if any("mirror.example.com" in str(told.get(path, "")) for path in container.image_at):
        return True
    mirrors = {host: f"mirror.example.com/{host}" for host in hosts}
    return from_mirror(container.image.partition("@")[0], mirrors) in str(values)


# Order.

COMMON = {"pods", "services", "deployments", "statefulsets", "daemonsets", "jobs", "configmaps", "secrets", "*"}


def refuses_others(hook: Webhook) -> bool:
    """Whether it keeps others from making objects that every add-on has while it does not answer."""
    if not hook.fails or chooses(hook.namespaces) or chooses(hook.objects):
        return False
    for rule in hook.rules:
        verbs, versions, resources = rule.split(" ")
        groups = {version.rpartition("/")[0] for version in versions.split(",")}
        named = {resource.partition("/")[0] for resource in resources.split(",")}
        if groups & {"", "apps", "batch", "*"} and named & COMMON and {"CREATE", "*"} & set(verbs.split(",")):
            return True
    return False


def chooses(selector: Mapping[str, Any]) -> bool:
    """Whether it takes only what carries a label for it."""
    rules = selector.get("matchExpressions") or ()
    return bool(selector.get("matchLabels")) or any(rule["operator"] in ("In", "Exists") for rule in rules)


@pytest.mark.parametrize("kind", RENDERED)
def test_others_wait_for_what_would_refuse_their_objects(kind: str) -> None:
    row = row_of(kind)
    for said in ("", *row.forms):
        found = [name for name, hook in row.form([said]).webhooks.items() if refuses_others(hook)]
        assert not found or of_kind(kind).stage < Stage.REST or of_kind(kind).before_nodes, found


# Production.


@pytest.mark.parametrize("kind", [kind for kind in RENDERED if "production" in row_of(kind).forms])
def test_in_production_it_has_spare_pods_that_are_spread_by_labels_that_they_carry(kind: str) -> None:
    found = row_of(kind).form(["production"]).workloads
    alone = of_kind(kind).alone
    lonely = {n for n, w in found.items() if n.startswith(("Deployment/", "StatefulSet/")) and w.replicas == 1}
    assert lonely == set(alone), {name: found[name].at.get("replicas") for name in lonely ^ set(alone) if name in found}
    for name, workload in found.items():
        for constraint in workload.spread:
            labels = (constraint.get("labelSelector") or {}).get("matchLabels") or {}
            assert labels, name
            assert labels.items() <= workload.labels.items(), f"{name} is spread by labels that its pods lack"
