"""Charts from Helm in this program to Argo CD or Flux on the cluster, one add-on after the other.

A release is held first (`preserve`), so that the engine forgets it and Helm uninstalls nothing; the agent then finds
its objects, or its release, under the same names. Sources: Pulumi, "retainOnDelete"; Argo CD, "Sync Options" and "App
Deletion"; Flux, helm-controller, `internal/reconcile/state.go` (a release found in Helm's storage is upgraded).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from eks_blueprints.core import plain_secrets
from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

if TYPE_CHECKING:
    from eks_blueprints.addons._chart_addon import ChartAddOn
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.blueprint.spec import BlueprintArgs

Agent = Literal["argocd", "flux"]
_HELM = "helm"


@dataclass(frozen=True, slots=True)
class _To:
    """One of the agents."""

    word: Agent
    title: str
    kinds: tuple[str, ...]
    """The add-ons that are it, the one that is added first."""
    object: str
    takes_over: str
    looked_at: str
    afterwards: tuple[Command, ...]


_ARGOCD = _To(
    "argocd",
    "Argo CD",
    ("argocd", "argocd_capability"),
    "Application",
    "Argo CD renders the chart under the same names and applies it over the objects that are there (server-side)",
    "its Application Synced and Healthy; pods as old as before",
    (
        Command(
            "kubectl delete secret -n NAMESPACE -l owner=helm,name=RELEASE",
            "Helm lists the release no more; what it installed stays, and is Argo CD's",
        ),
    ),
)
_FLUX = _To(
    "flux",
    "Flux",
    ("fluxcd",),
    "HelmRelease",
    "Flux finds a release of that name in Helm's storage, and upgrades it",
    "its HelmRelease Ready; helm history shows one revision more, and no new installation",
    (),
)


def _carried(args: BlueprintArgs, to: _To) -> list[ChartAddOn]:
    """The add-ons that the agent could install, were it here and none of them said otherwise."""
    from eks_blueprints.addons._chart_addon import ChartAddOn
    from eks_blueprints.blueprint import addon_delivery
    from eks_blueprints.blueprint.addon_defaults import settled

    there = _with_agent(args, to)
    addons = _unpinned(settled(there))
    names = addon_delivery.carried(there, addons)
    return [each for each in addons if isinstance(each, ChartAddOn) and each.name in names]


def _unpinned(addons: Iterable[AddOn]) -> tuple[AddOn, ...]:
    """The add-ons without the delivery that this migration writes beside `preserve`."""
    from eks_blueprints.addons._chart_addon import ChartAddOn

    return tuple(
        each.model_copy(update={"delivery": None}) if isinstance(each, ChartAddOn) and each.preserve else each
        for each in addons
    )


def _with_agent(args: BlueprintArgs, to: _To) -> BlueprintArgs:
    from eks_blueprints.addons import Argocd, Fluxcd

    kinds = {each.kind() for each in args.addons}
    more: Any = () if kinds & set(to.kinds) else (Argocd(name="argocd") if to is _ARGOCD else Fluxcd(name="fluxcd"),)
    defaults = args.addon_defaults.model_copy(update={"delivery": to.word})
    return args.model_copy(update={"addons": (*args.addons, *more), "addon_defaults": defaults})


def _secret(args: BlueprintArgs, to: _To) -> dict[str, list[Problem]]:
    """Add-ons whose values would stand in plain text in an object of the agent, by name."""
    from eks_blueprints.blueprint import addon_delivery

    free = _unpinned(args.addons)
    found: dict[str, list[Problem]] = {}
    for problem in addon_delivery.check(_with_agent(args.model_copy(update={"addons": free}), to)):
        if problem.path[0] == "addons":
            found.setdefault(str(problem.path[1]), []).append(problem)
    for addon in args.addons:
        for path in plain_secrets.found(getattr(addon, "values", {})):
            message = f"would be stored in plain text in an object of {to.title}; got one; {plain_secrets.INSTEAD}"
            found.setdefault(addon.name, []).append(Problem(("addons", addon.name, "values", *path), message))
    return found


def _by(data: Data) -> str:
    said = inside(data, "addon_defaults").get("delivery", _HELM) if "addon_defaults" in data else _HELM
    return str(said.get("by") if isinstance(said, dict) else said)


def _fields(data: Data, name: str) -> Data:
    """What an add-on says."""
    found = (data.get("addons") or {}).get(name)
    return found if isinstance(found, dict) else {}


def _held(data: Data, name: str) -> bool:
    return _fields(data, name).get("preserve") is True


def _pinned(data: Data, name: str) -> bool:
    return _fields(data, name).get("delivery") == _HELM


def _agent(data: Data, *, to: _To) -> Data:
    if not elements(data, "addons", *to.kinds):
        inside(data, "addons")[to.kinds[0]] = {}
    return data


def _hold(data: Data, *, to: _To, names: list[str]) -> Data:
    for name in names if _by(data) != to.word else ():
        if not _held(data, name):
            inside(data, "addons", name)["preserve"] = True
    return data


def _hand(data: Data, *, to: _To, names: list[str]) -> Data:
    """The agent as the default, and nothing that it carries out yet."""
    if _by(data) == to.word:
        return data
    for name in names:
        if not _pinned(data, name):
            inside(data, "addons", name)["delivery"] = _HELM
    inside(data, "addon_defaults")["delivery"] = to.word
    return data


def _move(data: Data, *, to: _To, name: str) -> Data:
    if _by(data) == to.word and _pinned(data, name) and _held(data, name):
        del data["addons"][name]["delivery"]
    return data


def _settle(data: Data, *, to: _To, names: list[str]) -> Data:
    if _by(data) == to.word:
        for name in names:
            if _held(data, name) and not _pinned(data, name):
                del data["addons"][name]["preserve"]
    return data


def _way(to: _To, data: Data, given: Given) -> Way:
    from eks_blueprints.blueprint import addon_delivery

    args = given.platform
    by = _by(data)
    if args is None:
        raise nothing(("blueprint",), "names a class of its own shape; got no platform; move its charts by hand")
    if by not in (_HELM, to.word):
        do = f"take its charts back to Helm first, or stay with {by}"
        raise nothing(("addon_defaults", "delivery"), f"is another agent; got {by}; {do}")
    secret = _secret(args, to)
    carried = _carried(args, to)
    names = [each.name for each in carried if each.name not in secret]
    if not names:
        do = "its charts are those that the agent stands on, have secrets, or say delivery: helm"
        raise nothing(("addons",), f"has no chart that {to.title} could install; got none; {do}")
    moved = by == to.word and not any(_held(data, name) for name in names)
    agent = addon_delivery.carrier(_with_agent(args, to))
    home = agent.home if agent is not None else to.word
    return Way(
        tuple(_phases(to, home, carried, names, list(secret))), tuple(_stays(data, args, to, names, secret)), moved
    )


def _kept(*names: str) -> Command:
    return Command(
        "pulumi stack export | jq -r '.deployment.resources[] | "
        'select(.type == "kubernetes:helm.sh/v3:Release" and .retainOnDelete) | .urn\'',
        f"the releases of {', '.join(names)}: one that is missing would be uninstalled",
    )


def _phases(to: _To, home: str, carried: list[ChartAddOn], names: list[str], secret: list[str]) -> Iterator[Phase]:
    shown = ", ".join(names)
    listed = Command("helm list -A", f"{shown}: deployed")
    yield Phase(
        "agent",
        f"install {to.title}",
        "it installs nothing yet",
        partial(_agent, to=to),
        (),
        (Command(f"kubectl get pods -n {home}", "all ready"),),
    )
    yield Phase(
        "hold",
        f"hold the releases: {shown}",
        "nothing changes in the cluster; the engine notes that it must not uninstall them when they leave the program. "
        "It has to be deployed by itself, as the engine goes by what it noted before",
        partial(_hold, to=to, names=names),
        (listed,),
        (_kept(*names),),
    )
    yield Phase(
        "default",
        f"make {to.title} the default, with every chart still with Helm",
        "nothing changes in the cluster. New charts come by the agent from now on",
        partial(_hand, to=to, names=[*names, *secret]),
        (_kept(*names),),
    )
    for each in carried:
        if each.name in names:
            yield _moving(to, home, each)
    yield Phase(
        "settle",
        f"let {to.title} have them: {shown}",
        _SETTLED[to.word],
        partial(_settle, to=to, names=names),
        (Command(f"kubectl get {to.object.lower()}s -n {home}", f"{shown}: {to.looked_at}"),),
        to.afterwards,
    )


_SETTLED: dict[str, str] = {
    "argocd": "Applications get their finalizer: from here on what is taken out of the program is uninstalled",
    "flux": "HelmReleases are no longer held: from here on what is taken out of the program is uninstalled",
}


def _moving(to: _To, home: str, addon: ChartAddOn) -> Phase:
    release, at = addon.release_name, addon.home
    return Phase(
        f"move-{addon.name.replace('_', '-')}",
        f"{addon.name}: its {to.object} comes, and the engine forgets its release",
        f"{to.takes_over}. The preview has a deletion, which is the held release leaving the state: Helm uninstalls "
        "nothing. Values that a chart draws by chance, such as passwords, may be drawn anew. Back: revert, and "
        f"pulumi import kubernetes:helm.sh/v3:Release NAME {at}/{release}",
        partial(_move, to=to, name=addon.name),
        (_kept(addon.name),),
        (
            Command(f"kubectl get {to.object.lower()} {release} -n {home}", to.looked_at),
            Command(f"kubectl get pods -n {at}", "as before"),
        ),
    )


def _stays(
    data: Data, args: BlueprintArgs, to: _To, names: list[str], secret: dict[str, list[Problem]]
) -> Iterator[Problem]:
    from eks_blueprints.addons._chart_addon import ChartAddOn

    for problems in secret.values():
        yield from problems
    agents = {name for kind in to.kinds for name in elements(data, "addons", kind)}
    for addon in args.addons:
        if not isinstance(addon, ChartAddOn) or addon.name in (*names, *secret, *agents):
            continue
        if _pinned(data, addon.name):
            what = "stays with Helm, as it says itself: take delivery: helm out of it to move it"
        else:
            what = f"stays with Helm: {to.title} stands on it, or its webhooks have to be there before others"
        yield Problem(("addons", addon.name), what)
    for name in elements(data, "compute", "karpenter"):
        yield Problem(("compute", name), "stays with Helm: nodes for the agent itself come from it")


def _migration(to: _To) -> Migration:
    way: Callable[[Data, Given], Way] = partial(_way, to)
    return Migration(
        f"helm-to-{to.word}",
        f"Charts from Helm to {to.title}",
        f"{to.title}, releases held so that none is uninstalled, one add-on after the other, then they are let go.",
        way,
    )


TO_ARGOCD = _migration(_ARGOCD)
TO_FLUX = _migration(_FLUX)
