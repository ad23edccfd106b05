"""Nodes as effects speak of them: how many, how fast they are replaced, what their pods notice."""

from __future__ import annotations

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.cascade import makes_version
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import referred, section

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
SCALING_GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CLUSTER = "aws:eks/cluster:Cluster"


def nodes(each: ResourceDiff) -> str:
    """How many nodes a managed group has, as the subject of a sentence."""
    sizes = section((each.old or each.resource).inputs, "scalingConfig")
    count = next((sizes[key] for key in ("desiredSize", "minSize") if isinstance(sizes.get(key), int)), None)
    if count is None:
        return "its nodes are"
    return {0: "no nodes are", 1: "1 node is"}.get(count, f"{count} nodes are")


def plural(number: int, noun: str) -> str:
    """`1 node`, `3 nodes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def renewed_template(group: PlannedResource, diff: PlanDiff) -> ResourceDiff | None:
    """The launch template of a group that gets a new version, or another one in its place, by this change."""
    found = template_of(group, diff.new)
    if found is None:
        return None
    for each in diff.of("update", "replace"):
        if each.urn == found.urn and (each.kind == "replace" or makes_version(each)):
            return each
    return None


def template_of(group: PlannedResource, plan: Plan | None) -> PlannedResource | None:
    """The launch template that a managed or self-managed group takes, if the plan has it."""
    given = specification(group)
    return referred(plan, given.get("id") or given.get("launchTemplateId") or given.get("name"), TEMPLATE)


def specification(group: PlannedResource) -> dict[str, object]:
    """Which launch template a group takes, and which version of it."""
    own = section(group.inputs, "launchTemplate")
    mixed = section(group.inputs, "mixedInstancesPolicy", "launchTemplate", "launchTemplateSpecification")
    return dict(own or mixed)


def cause_of(each: ResourceDiff, tops: tuple[str, ...], template: ResourceDiff | None) -> str:
    """What a person changed: of a launch template its own inputs, not the version that follows from them."""
    given = [top for top in tops if any(change.top == top and change.follows is None for change in each.changes)]
    said = [f"`{top}` changes" for top in given]
    if template is not None:
        inputs = dict.fromkeys(change.top for change in template.changes if not change.path.startswith("option "))
        said.append(f"{' and '.join(f'`{top}`' for top in inputs)} of `{template.name}` changes")
    return " and ".join(said) or "its launch template changes"
