"""Image updates by Argo CD Image Updater, which commits to Git with the repository's credentials.

Source: Argo CD Image Updater 1.2, "Configuration" and "Update methods" (its CRD; it reads no annotations by default).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eks_blueprints.agents.drawn import Agent, AgentObject, filled, manifest

if TYPE_CHECKING:
    from eks_blueprints.agents.images import ImageUpdate
    from eks_blueprints.agents.spec import GitOpsArgs


def updater(name: str, update: ImageUpdate, args: GitOpsArgs, agent: Agent) -> AgentObject:
    """The ImageUpdater of an image."""
    strategies = {"build": "newest-build", "name": "alphabetical"}
    strategy = "semver" if update.newest is None else strategies[update.newest]
    follows = {"updateStrategy": strategy, **filled(allowTags=f"regexp:{update.tags}" if update.tags else None)}
    image = {
        "alias": name,
        "imageName": update.image if update.semver is None else f"{update.image}:{update.semver}",
        "commonUpdateSettings": follows,
    }
    back = update.write_back
    application = args.applications[update.application]
    repository = args.repositories[back.repository or application.repository]
    deployed = application.revision or repository.revision
    git = filled(
        branch=f"{deployed}:{back.branch}" if back.branch is not None else deployed,
        writeBackTarget=back.target or "kustomization",
        repository=repository.url if back.repository is not None else None,
    )
    applied: dict[str, Any] = {
        "namePattern": update.application,
        "images": [image],
        "writeBackConfig": {"method": "git", "gitConfig": git},
    }
    spec = {"applicationRefs": [applied]}
    made = manifest("argocd-image-updater.argoproj.io/v1alpha1", "ImageUpdater", name, agent.home, spec=spec)
    after = (f"application-{update.application}",)
    return AgentObject(f"image-update-{name}", made, ("image_updates", name), after)
