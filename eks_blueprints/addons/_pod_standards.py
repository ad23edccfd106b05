"""The Pod Security Standards that the pods of add-ons meet, by their namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from eks_blueprints.addons._charts import forms
from eks_blueprints.addons._helm_addon import HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.charts import table
from eks_blueprints.core.charts.pod_standards import STANDARDS, standard


def pod_standards(addons: Iterable[AddOn]) -> dict[str, str]:
    """The strictest standard that all pods in each namespace meet, as far as the table of charts tells of them.

    Another version of a chart is taken for alike. Of what EKS keeps, and of charts that were not rendered, those that
    run a DaemonSet are taken for privileged, and others for pods that meet `baseline`.
    """
    order: list[str] = [*STANDARDS]
    found: dict[str, str] = {}
    for addon in addons:
        for namespace, met in _met(addon):
            found[namespace] = min(met, found.get(namespace, met), key=order.index)
    return dict(sorted(found.items()))


def _met(addon: AddOn) -> Iterator[tuple[str, str]]:
    for namespace, met in addon.pods_made.items():
        yield namespace or addon.home, met
    if isinstance(addon, HelmAddOn):
        row = table.row(addon.kind())
        if row is not None and row.known:
            for workload in row.form(forms(addon)).workloads.values():
                yield workload.namespace or addon.home, standard([workload])
            return
    elif not addon.of_eks:
        return
    yield addon.home, "privileged" if addon.fits.not_on_fargate else "baseline"
