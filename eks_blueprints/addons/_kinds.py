"""Kinds that add-ons bring to a cluster, and kinds of others that their objects are of.

A kind is known by its API group and name; an API server takes no object of a kind whose CRD is not there yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.addons._chart_addon import ChartAddOn
from eks_blueprints.addons._charts import forms
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.helm import Helm
from eks_blueprints.addons.manifests import Manifests
from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.model import Rendered
from eks_blueprints.core.object_lists import listed

Kind = tuple[str, str]
"""API group and kind."""

EVERY = "*"
"""Stands for all kinds of a group."""
MONITORING = "monitoring.coreos.com"

_SWITCHES: dict[str, str] = {
    "servicemonitor": "ServiceMonitor",
    "podmonitor": "PodMonitor",
    "prometheusrule": "PrometheusRule",
    "prometheusrules": "PrometheusRule",
    "defaultrules": "PrometheusRule",
}
"""What charts call the switches of Prometheus' kinds in their values, and the kinds."""
_ON = ("enabled", "create", "enable", "install")
_IN_TEXT = re.compile(r"^\s*-?\s*apiVersion:\s*[\"']?([\w./-]+)[\"']?\s*\n\s*kind:\s*[\"']?(\w+)", re.MULTILINE)


_KARPENTER = ("karpenter.sh", "karpenter.k8s.aws")
_OF_CHARTS: Mapping[str, tuple[str, ...]] = {"karpenter": _KARPENTER, "karpenter-crd": _KARPENTER}
"""API groups that charts bring which are no add-on here, and are installed as any other chart (`helm`)."""


def brought(addon: AddOn) -> set[Kind]:
    """The kinds that an add-on brings; `EVERY` for all of a group."""
    found = {(group, EVERY) for group in addon.brings_groups}
    if isinstance(addon, Helm):
        found |= {(group, EVERY) for group in _OF_CHARTS.get(addon.chart, ())}
    if isinstance(addon, Manifests):
        found |= {_defined(each) for each in _flat(addon) if each.get("kind") == _CRD}
    for rendered in _rendered(addon):
        found |= {(name.partition(".")[2], crd.kind) for name, crd in rendered.crds.items()}
    return found


def rendered_kinds(addon: AddOn) -> set[Kind]:
    """The kinds of the objects that an add-on makes by itself, as far as the table of charts tells."""
    return {_kind(*each.split(" ", 1)) for rendered in _rendered(addon) for each in rendered.objects}


def written_kinds(addon: AddOn) -> set[Kind]:
    """The kinds of the objects that the user writes down: manifests, objects and switches in a chart's values."""
    if isinstance(addon, Manifests):
        return {_of(each) for each in _flat(addon)}
    return set(_in_values(addon.values)) if isinstance(addon, ChartAddOn) else set()


def namespaces(addon: AddOn) -> set[str]:
    """Namespaces that objects which the user writes down are put into."""
    if not isinstance(addon, Manifests):
        return set()
    made = {_metadata(each).get("name") for each in _flat(addon) if each.get("kind") == "Namespace"}
    wanted = {_metadata(each).get("namespace") for each in _flat(addon)}
    return {name for name in wanted - made if isinstance(name, str) and name}


def _rendered(addon: AddOn) -> Iterator[Rendered]:
    """What its charts render at the pinned versions; another version is taken for alike."""
    if not isinstance(addon, HelmAddOn):
        return
    kind = addon.kind()
    for name, said in ((kind, forms(addon)), (f"{kind}.crds", [])):
        if (row := table.row(name)) is not None and row.known:
            yield row.form(said)


_CRD = "CustomResourceDefinition"


def _defined(manifest: Mapping[str, Any]) -> Kind:
    spec = manifest.get("spec")
    spec = spec if isinstance(spec, Mapping) else {}
    names = spec.get("names")
    return str(spec.get("group")), str(names.get("kind") if isinstance(names, Mapping) else None)


def _flat(addon: Manifests) -> list[Mapping[str, Any]]:
    """The objects that are written down, those of Lists each for itself."""
    return [found for each in addon.manifests.values() for _, found in listed(each)]


def _in_values(values: Any) -> Iterator[Kind]:
    """Kinds of the objects that stand in values, as mappings or text, and those that switches turn on."""
    if isinstance(values, Mapping):
        if isinstance(values.get("apiVersion"), str) and isinstance(values.get("kind"), str):
            yield _of(values)
        for key, below in values.items():
            kind = _SWITCHES.get(str(key).lower())
            if kind and (below is True or (isinstance(below, Mapping) and any(below.get(on) is True for on in _ON))):
                yield MONITORING, kind
            yield from _in_values(below)
    elif isinstance(values, list | tuple):
        for each in values:
            yield from _in_values(each)
    elif isinstance(values, str) and "apiVersion:" in values:
        yield from (_kind(*match) for match in _IN_TEXT.findall(values))


def _of(manifest: Mapping[str, Any]) -> Kind:
    return _kind(str(manifest.get("apiVersion")), str(manifest.get("kind")))


def _kind(api_version: str, kind: str) -> Kind:
    return api_version.rpartition("/")[0], kind


def _metadata(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest.get("metadata")
    return found if isinstance(found, Mapping) else {}
