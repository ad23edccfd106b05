"""What has to fit together in an add-on from a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eks_blueprints.addons._helm_values import all_nested, clashes, placed
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.json_values import merged

if TYPE_CHECKING:
    from eks_blueprints.addons._chart_addon import ChartAddOn

_SECRET = object()


def check_chart(addon: ChartAddOn) -> None:
    """Refuse what the chart could not be told, or would be told twice.

    Raises:
        ValidationError: naming each such field.
    """
    faults = Faults()
    _values(addon, faults)
    _role(addon, faults)
    _pods(addon, faults)
    faults.raise_if_any()


def _values(addon: ChartAddOn, faults: Faults) -> None:
    typed = merged(placed(addon.placements()[0], addon.node_selector, addon.tolerations), addon.settings())
    for path, one, raw in clashes(typed, addon.values):
        message = f"is also set by a field of this add-on; got {shown(raw)} and {shown(one)}; set it once"
        faults.add(("values", *path), message)
    secret = all_nested(dict.fromkeys(addon.secret_values, _SECRET))
    for path, _one, _other in clashes(merged(typed, addon.values), secret):
        faults.add(("secret_values", ".".join(path)), "is also set in values or by a field; got both; set it once")


def _role(addon: ChartAddOn, faults: Faults) -> None:
    for field in ("identity", "service_account_role_arn", "policy_arns", "permissions_boundary"):
        if not addon.service_accounts and getattr(addon, field):
            faults.add(field, f"{addon.kind()}, as it is set, calls no AWS service; got a value; remove it")
    if addon.identity == "irsa" and addon.service_account and addon.service_accounts and not addon.service_account_at:
        faults.add("identity", "cannot be set on this chart's service account; got irsa; use pod_identity")
    if addon.service_account_role_arn is not None and (addon.policy_arns or addon.permissions_boundary):
        faults.add("service_account_role_arn", "is an existing role; got policies for a new one; keep one")


def _pods(addon: ChartAddOn, faults: Faults) -> None:
    for field in ("node_selector", "tolerations"):
        if not addon.placements()[0] and getattr(addon, field):
            faults.add(field, "is not supported by this chart; got a value; check the chart's values")
    if addon.production and not (addon.spare or addon.spread):
        faults.add("production", "is not supported by this chart; got true; set what you need in values")
    if addon.registry_mirrors and not addon.images:
        faults.add("registry_mirrors", "cannot be set for this chart; got some; set them in values")
