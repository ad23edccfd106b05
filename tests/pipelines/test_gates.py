"""What stands before production: verifications that can tell versions, in the right order, and that see something."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from tests.pipelines.test_graph import BASE, read, told

MANIFESTS = "https://github.com/acme/manifests.git"
STORED = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:manifests-AbCdEf"
AGENT: dict[str, Any] = {
    "staging": {"gitops": {"url": MANIFESTS, "path": "staging", "token_secret_arn": STORED}},
    "production": {
        "gitops": {"url": MANIFESTS, "path": "production", "token_secret_arn": STORED},
        "production": True,
    },
}
URL = {"url": "https://shop.example.com/version"}
LATER = "may find out about the version before, as an agent applies the commit later"


def by_commit(monkeypatch: pytest.MonkeyPatch, verify: dict[str, Any]) -> dict[str, Any]:
    monkeypatch.setitem(BASE, "environments", AGENT)
    stages: dict[str, Any] = {"build": {"image": {"repository": "shop/web"}}}
    for name in AGENT:
        stages[f"deploy-{name}"] = {"kind": "deploy", "environment": name}
        stages[f"verify-{name}"] = {"kind": "verify", "environment": name, **verify}
    return stages


@pytest.mark.parametrize(
    "verify", [{"urls": [URL]}, {"urls": [{**URL, "contains": "v3"}]}, {"alarms": ["shop-errors"]}]
)
def test_what_cannot_tell_versions_lets_nothing_into_production(
    monkeypatch: pytest.MonkeyPatch, verify: dict[str, Any]
) -> None:
    stages = by_commit(monkeypatch, verify)
    found = told(stages, approval="none")

    assert [each.partition(":")[0] for each in found if LATER in each] == [
        "stages.verify-staging",
        "stages.verify-production",
    ]
    monkeypatch.setitem(AGENT["production"], "approvers", ["arn:aws:iam::111122223333:role/release"])
    approve = {"approve": {"environment": "production"}}
    order = [*stages][:3]
    read({**{name: stages[name] for name in order}, **approve, **stages}, approval="required")


@pytest.mark.parametrize("verify", [{"urls": [{**URL, "contains_commit": True}]}, {"commands": ["./smoke.sh"]}])
def test_what_tells_versions_can_stand_for_an_approval(monkeypatch: pytest.MonkeyPatch, verify: dict[str, Any]) -> None:
    read(by_commit(monkeypatch, verify), approval="none")


ELSEWHERE = {"account": {"deploy_role_arn": "arn:aws:iam::111122223333:role/deploy"}}


@pytest.mark.parametrize(
    ("where", "more"), [("account", {}), ("staging", {}), ("account", {"workloads": ["deployment/web"]})]
)
def test_a_verification_that_sees_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, where: str, more: dict[str, Any]
) -> None:
    monkeypatch.setitem(BASE, "environments", {**BASE["environments"], **ELSEWHERE})
    deploy = {"environment": where, "commands": ["./deploy.sh"]}
    [found] = told({"deploy": deploy, "verify": {"environment": where, **more}})

    assert (
        "needs rights in the cluster" if more else "has nothing to look at where no cluster reports a rollout"
    ) in found


def test_commands_that_deploy_are_verified_by_addresses_alone() -> None:
    args = read(
        {
            "deploy": {"environment": "staging", "commands": ["./deploy.sh"]},
            "verify": {"environment": "staging", "urls": [URL]},
        }
    )
    graph = args.pipelines[0].graph(args.environments)
    from eks_blueprints.pipelines._job import Job, Site

    [verify] = [each for each in graph.stages if each.name == "verify"]
    where = graph.environment(verify)
    site = Site(pipeline="web", region="eu-west-1", partition="aws", account="111122223333", environment=where)
    work = graph.work(verify, site)
    assert isinstance(work, Job)
    # Nothing notes which workloads they changed: to look for some would fail each time.
    assert not any("no workload to verify" in line for line in work.commands)


def test_production_before_what_it_is_tried_in_is_doubtful() -> None:
    from tests.pipelines.aws import BASE as AWS
    from tests.pipelines.test_kinds import APP

    to = {"production": APP["deploy"]["staging"], "staging": {}}
    args = PipelinesArgs.model_validate({**AWS, "pipelines": {"shop": {**APP, "deploy": to}}})
    found = [str(each) for each in args.warnings if "is deployed to after production" in str(each)]

    assert found == [
        (
            "pipelines.shop.deploy.staging: is deployed to after production; got production before staging; "
            "list staging first"
        )
    ]
