"""What teams bring into a platform, seen as if the platform said it itself: so each check is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.network import zones

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.teams.base import Team

_FIELDS = {"pod_identity_associations": "service_accounts"}
"""Fields of a platform that are called otherwise in a team."""
_BETWEEN = "/"
"""Stands between the name of a team and that of its part; no name has it."""


def with_teams(args: BlueprintArgs) -> BlueprintArgs:
    """The platform with the namespaces, access entries, service accounts and workloads of its teams."""
    if not args.teams:
        return args
    from eks_blueprints.blueprint.ground import ground

    ours = args.model_copy(update={"teams": ()})
    namespaces, access = dict(args.namespaces), dict(args.access)
    associations, workloads = dict(args.pod_identity_associations), list(args.workloads)
    try:
        found = ground(ours)
        partition = zones.partition(args.region)
    except ValueError:  # told at the network or the region
        return args
    for team in args.teams:
        for name, namespace in team.homes.items():
            namespaces.setdefault(name, namespace)
        access |= {_joined(team.name, name): entry for name, entry in team.entries().items()}
        accounts = team.associations(found, partition, "*")
        associations |= {_joined(team.name, name): each for name, each in accounts.items()}
        for each in team.workloads:
            named = {"name": _joined(team.name, each.name), "object_name": each.object_name_used}
            workloads.append(each.model_copy(update=named))
    update: dict[str, Any] = {"namespaces": namespaces, "access": access, "workloads": tuple(workloads)}
    update |= {"pod_identity_associations": associations, "teams": tuple(map(_rest, args.teams))}
    return args.model_copy(update=update)


def _rest(team: Team) -> Team:
    """A team as checks see it that walk through all fields: what the platform says now is not said twice."""
    found = team.model_copy()
    found.__pydantic_fields_set__ = team.model_fields_set - {"access", "service_accounts", "workloads"}
    return found


def at_home(args: BlueprintArgs, problem: Problem) -> Problem:
    """A problem of the platform with its teams, where it stands in the file."""
    path = problem.path
    if len(path) < 2 or not isinstance(path[1], str):
        return problem
    group, name = str(path[0]), path[1]
    if group == "namespaces" and name not in args.namespaces:
        owner = next((team for team in args.teams if name in team.homes), None)
        return problem if owner is None else _placed(problem, (owner.group, owner.name, "namespaces", name), 2)
    team, between, part = name.partition(_BETWEEN)
    if not between:
        return problem
    field = _FIELDS.get(group, group)
    owner = next((each for each in args.teams if each.name == team), None)
    if field == "service_accounts" and owner is not None and part not in owner.service_accounts:
        return _placed(problem, ("teams", team, "secrets"), len(path))
    return _placed(problem, ("teams", team, field, part), 2)


def _placed(problem: Problem, place: Path, from_: int) -> Problem:
    return Problem((*place, *problem.path[from_:]), problem.message, severity=problem.severity)


def _joined(team: str, part: str) -> str:
    return f"{team}{_BETWEEN}{part}"
