"""Image updates by Flux: what it looks for, and the commits that it pushes, by an automation for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.agents.drawn import Agent, AgentObject, filled, manifest

if TYPE_CHECKING:
    from eks_blueprints.agents.images import ImageUpdate
    from eks_blueprints.agents.spec import GitOpsArgs

_API = "image.toolkit.fluxcd.io/v1"
_NAME = "app.kubernetes.io/name"


def objects(args: GitOpsArgs, agent: Agent) -> Iterator[AgentObject]:
    """The objects of all images."""
    for name, update in args.image_updates.items():
        key, source = f"image-update-{name}", ("image_updates", name)
        provider = {"provider": "aws"} if update.in_ecr else {}
        spec: dict[str, Any] = {"image": update.image, "interval": update.interval, **provider}
        yield AgentObject(f"{key}-images", manifest(_API, "ImageRepository", name, agent.home, spec=spec), source)
        chosen: dict[str, Any] = (
            {"semver": {"range": update.semver}} if update.semver else {"alphabetical": {"order": "asc"}}
        )
        policy = {
            "imageRepositoryRef": {"name": name},
            "policy": chosen,
            **filled(filterTags={"pattern": update.tags} if update.tags else None),
        }
        made = manifest(_API, "ImagePolicy", name, agent.home, labels={_NAME: name}, spec=policy)
        yield AgentObject(f"{key}-policy", made, source, (f"{key}-images",))
        yield _automation(name, update, args, agent)


def repository_of(update: ImageUpdate, args: GitOpsArgs) -> str:
    """The repository that new tags are written into."""
    return update.write_back.repository or args.applications[update.application].repository


def _automation(name: str, update: ImageUpdate, args: GitOpsArgs, agent: Agent) -> AgentObject:
    source = repository_of(update, args)
    back, application = update.write_back, args.applications[update.application]
    branch = application.revision or args.repositories[source].revision
    target = back.target or application.path
    git = {
        "checkout": {"ref": {"branch": branch}},
        "commit": {"author": {"name": back.author, "email": back.email}},
        "push": {"branch": back.branch or branch},
    }
    spec = {
        "interval": update.interval,
        "sourceRef": {"kind": "GitRepository", "name": source},
        "git": git,
        "policySelector": {"matchLabels": {_NAME: name}},
        "update": {
            "path": target if target.startswith("./") else f"./{target}".removesuffix("."),
            "strategy": "Setters",
        },
    }
    made = manifest(_API, "ImageUpdateAutomation", name, agent.home, spec=spec)
    after = (f"image-update-{name}-policy", f"repository-{source}")
    return AgentObject(f"image-update-{name}", made, ("image_updates", name), after)
