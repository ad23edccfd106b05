"""The pages about policies, made from the rules themselves: `docs/policies/`, an index and a page a subject.

python -m eks_blueprints.reference.policy_pages docs/policies
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import PROFILES, Rule
from eks_blueprints.policies.examples import example

_ANCHORS = {
    "cis_eks_1_8": "CIS EKS 1.8",
    "pss": "Pod Security Standards",
    "nsa_cisa": "NSA/CISA",
    "checkov": "checkov",
    "prowler": "Prowler",
    "cdk_nag": "cdk-nag",
    "security_hub": "Security Hub",
    "kyverno": "Kyverno",
    "polaris": "Polaris",
    "kube_linter": "kube-linter",
    "eksup": "eksup",
    "eks_best_practices": "EKS best practices",
    "docs": "documentation",
}

_INTRO = """# Policies

{count} rules about EKS, Kubernetes, Karpenter and delivery, grouped by subject. They check the resources of any Pulumi
program, also of plain `pulumi_aws`, `pulumi_kubernetes` and `pulumi_eks` programs, and give the same results wherever
they run:

- offline, on the resources that a program declares: `eks-blueprints check --policies` for the stacks of a project,
  with `--program DIR` for any Pulumi program in Python, and with `--plan FILE` for the output of
  `preview --format json`;
- in the engine, as a policy pack: `pulumi preview --policy-pack $(eks-blueprints policy path)`. The engine runs it
  with the Python on the PATH; `pip install "eks-blueprints[policy]"` installs what it needs.
  `EKS_BLUEPRINTS_POLICIES` names the settings file, `EKS_BLUEPRINTS_PROFILE` a profile;
- on what exists: `eks-blueprints check --state FILE` for the JSON that `pulumi stack export` writes.

You can add [your own rules](../guides/policies.md).

If a value is not known before the deployment, the result is `undetermined`: this never counts as passed, and never
stops the run. Charts and files that only other tools render are not scanned, and workloads in system namespaces are
exempt from the rules about tenants; the first line of every report counts both, also in `diff`. Local YAML files are
read, and so are local Kustomize folders: directly if they only list files, otherwise with `kustomize` or `kubectl` on
the `PATH`.

## Charts

Rules about pods, roles and webhooks also check what charts render, as far as this is known:

- A dated table contains the charts that are pinned here, at the pinned version, with the options of their add-ons and
  with your values for replicas, placement, priority and images. Values with an unknown effect are listed: the chart is
  then scanned in part. Rules about pods and roles still use such values by their names, such as `hostNetwork: true`.
- If `helm` is on the PATH, Helm renders the charts that the table does not fully cover, if they are in a folder, an
  archive or Helm's cache. With `--render` (of `check`, `preview` and `diff`) charts are also downloaded from their
  repositories. Helm gets placeholders for secrets and for values that are known only later.

The report says which of the two was used. Findings about a chart's defaults are advisory, or accepted if the add-on
needs them, with the reason in the report. Findings that your values cause count like everything else that you write,
at their line, and so do findings about your own charts.

## Settings

`policies.yaml` beside the stack files contains the settings. A profile is `baseline` (the default), `production` or
`regulated`, which makes everything mandatory that auditors usually require.

```text
profile: baseline
rules:
  k8s-cpu-limit-policy: {{enforcement: disabled}}
  required-tags: {{enforcement: mandatory, parameters: {{required: [Environment, Owner]}}}}
stacks:
  prod: {{profile: production}}
waivers:
  - policy: k8s-no-host-path-volumes
    resource: {{object: logging/DaemonSet/log-agent}}
    reason: the agent reads the journal of its node
    owner: platform@example.com
    created: 2026-11-01
    expires: 2027-02-01
```

A waiver applies to one rule, for the resources that match its `name`, `type`, `urn` and `object`
(`namespace/kind/name`), for at most 180 days; for a critical rule at most 30 days, and a `ticket` and an
`approved_by` are required. A waived finding stays in every report. An expired waiver has no effect and is itself a
finding, and so is a waiver that matches nothing.

To adopt the rules on an existing platform, `eks-blueprints policy baseline` writes waivers of 90 days for today's
findings: new findings fail at once, and the existing ones are listed until their waivers expire.

In `diff`, findings that were there before do not fail the `policy` gate. This includes resources that the stack
[takes over](../guides/adopt.md#policies-and-the-check-of-pull-requests) as they are, until the adoption ends.

## Rules
"""


def pages() -> dict[str, str]:
    """The pages by file name."""
    by_subject: dict[str, list[Rule]] = {}
    for rule in _own():
        by_subject.setdefault(rule.subject, []).append(rule)
    made = {f"{subject}.md": _page(subject, found) for subject, found in by_subject.items()}
    return {"README.md": _index(by_subject), **made}


def write(folder: Path) -> None:
    """Write the pages, and remove those of subjects that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in folder.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _own() -> Iterable[Rule]:
    return (rule for rule in rules().values() if rule.check.__module__.startswith("eks_blueprints.policies.rules."))


def _index(by_subject: dict[str, list[Rule]]) -> str:
    count = sum(map(len, by_subject.values()))
    lines = [_INTRO.format(count=count)]
    for subject, found in by_subject.items():
        lines += [f"### [{_title(subject)}]({subject}.md)", "", "| rule | what it demands | severity | production |"]
        lines += ["|---|---|---|---|"]
        for rule in found:
            link = f"[{rule.id}]({subject}.md#{rule.id})"
            lines.append(f"| {link} | {_cell(rule.title)} | {rule.severity} | {rule.enforcement_in('production')} |")
        lines.append("")
    return "\n".join(lines)


def _page(subject: str, found: list[Rule]) -> str:
    module = importlib.import_module(found[0].check.__module__)
    about = (module.__doc__ or "").strip().partition("\n")[0]
    lines = [f"# {_title(subject)}", "", about, "", "[All policies](README.md)", ""]
    for rule in found:
        lines += _rule(rule)
    return "\n".join(lines)


def _rule(rule: Rule) -> list[str]:
    lines = [f"## {rule.id}", "", f"**{rule.title}** {rule.prose.rationale}", ""]
    if rule.decides:
        lines += [f"It decides so: {_text(rule.decides)}", ""]
    lines += [f"What to do: {_text(rule.prose.fix)}", ""]
    if rule.prose.stack:
        lines += [f"In a stack file: `{rule.prose.stack}`", ""]
    enforced = ", ".join(f"{profile} {rule.enforcement_in(profile)}" for profile in PROFILES)
    lines += [f"- severity: {rule.severity}", f"- enforcement: {enforced}"]
    if rule.types:
        lines.append("- judges: " + ", ".join(f"`{each}`" for each in dict.fromkeys(rule.types)))
    if rule.across:
        lines.append("- looks at other resources of the stack as well")
    for key, value in rule.params.items():
        lines.append(f"- parameter `{key}`: default `{_default(value)}`")
    for key, ids in rule.prose.anchors.items():
        lines.append(f"- {_ANCHORS.get(key, key)}: {', '.join(f'`{each}`' for each in ids)}")
    for verdict, said in (("fail", "This fails:"), ("pass", "This passes:")):
        if text := example(rule.id, verdict):
            lines += ["", said, "", "```text", text, "```"]
    return [*lines, ""]


def _title(subject: str) -> str:
    words = {"rbac": "RBAC", "pods": "Pods", "api": "API"}
    parts = [words.get(word, word) for word in subject.split("_")]
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(text: str) -> str:
    # Markdown reads * and < of expressions as its own.
    return text.replace("*", "\\*").replace("<", "&lt;").replace("[", "\\[") if text else ""


def _default(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in ("", None) else str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/policies"))
