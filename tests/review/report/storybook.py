"""The three worked stories of docs/stories, with the output that this very code gives."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.document import parse
from eks_blueprints.recording import Plan
from eks_blueprints.review.report import markdown
from eks_blueprints.review.report.build import stack_report
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.report.written import edits
from eks_blueprints.testing import record_stack
from tests import ROOT

STACK = Path(__file__).parent / "stories" / "prod.yaml"
_TYPE = "  support_type: STANDARD"
_FILE = "stacks/prod.yaml"
PAGES = ROOT / "docs" / "stories"


@dataclass(frozen=True)
class Story:
    """One change to the stack file, and what is to be seen in its report."""

    name: str
    title: str
    before: str
    edits: tuple[tuple[str, str], ...]
    after: str


STORIES = (
    Story(
        "addon_bump",
        "A safe add-on bump",
        "CoreDNS has a new build. Someone raises its version and asks for a review.",
        (("v1.12.4-eksbuild.1", "v1.12.4-eksbuild.3"),),
        "One resource is updated in place, nothing else changes, nothing costs more, and there is no policy finding.\n"
        "The reviewer needs to read only the verdict and the versions.",
    ),
    Story(
        "node_group_replacement",
        "An accidental node group replacement",
        "The system nodes need more memory, and the obvious change is the next larger type. The file does not show\n"
        "that EKS cannot change the instance types of a node group, so the group is replaced.",
        (("instance_types: [m7g.large]", "instance_types: [m7g.xlarge]"),),
        "The first line shows the reviewer that something is replaced and costs more. The next lines show the field\n"
        "and the line of the file that cause it, and that three nodes are drained. The group has no fixed name, so\n"
        "the new group exists before the pods have to move. With `--fail-on replace` the check fails.\n"
        "\n"
        "To avoid this, add a second group with the larger type, let the pods move, and remove the first group in a\n"
        "later change; or let Karpenter or Auto Mode choose the types, where such a change replaces no group.",
    ),
    Story(
        "public_endpoint",
        "A public endpoint, opened",
        "A build runner outside the network cannot reach the API of the cluster. Someone makes the endpoint public,\n"
        "for everyone, because the runner's address is not known.",
        ((_TYPE, f"{_TYPE}\n  endpoint_public_access: true\n  public_access_cidrs: [0.0.0.0/0]"),),
        "For the engine this is an update of one property in place, like any other. The report shows at its beginning\n"
        "what it means: everyone can reach the API, and a policy is no longer met, with the line of the stack file\n"
        "and what to write instead. With `--fail-on policy` the check fails until the change names addresses.",
    ),
)


def told(story: Story) -> Report:
    """A story's report; writes `stacks/prod.yaml` in the current folder."""
    text, changed = _sides(story)
    old = _plan(text)
    written = edits(parse(text, _FILE), parse(changed, _FILE))
    return Report(
        project="shop",
        base="origin/main (3f2c1ab)",
        stacks=(stack_report(old, _plan(changed), edits=written),),
        commit="8d41c09",
        command="eks-blueprints diff prod --base origin/main",
    )


def _sides(story: Story) -> tuple[str, str]:
    """The stack file before and after."""
    text = changed = STACK.read_text(encoding="utf-8")
    for before, after in story.edits:
        assert before in changed
        changed = changed.replace(before, after)
    return text, changed


def page(story: Story) -> str:
    """A story's page; writes `stacks/prod.yaml` in the current folder."""
    text, changed = _sides(story)
    rendered = markdown.render(told(story)).replace(f"{markdown.SECTION}\n\n", "")
    lines = difflib.unified_diff(text.splitlines(), changed.splitlines(), _FILE, _FILE, "", "", 2, "")
    parts = [
        f"# {story.title}",
        story.before,
        "```diff\n" + "\n".join(line for line in lines if not line.startswith(("---", "+++"))) + "\n```",
        "The comment on the pull request:",
        "---",
        rendered.rstrip(),
        "---",
        story.after,
    ]
    return "\n\n".join(parts) + "\n"


def _plan(text: str) -> Plan:
    file = Path("stacks/prod.yaml")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return record_stack(file).plan
