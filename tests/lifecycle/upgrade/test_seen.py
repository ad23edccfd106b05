"""What is really there, laid over what is declared: states, insights, add-on versions, and a cluster that answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.clock import VARIABLE
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.upgrade.model import Component, Situation
from eks_blueprints.lifecycle.upgrade.planner import plan
from eks_blueprints.lifecycle.upgrade.read import Sources, with_sources
from eks_blueprints.lifecycle.upgrade.seen.cluster import Connection
from eks_blueprints.lifecycle.upgrade.seen.workloads import workloads

from .situations_of import group, situation, told


def written(folder: Path, data: Any, name: str = "answer.json") -> Path:
    file = folder / name
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


def state(version: str = "1.33", **cluster: Any) -> dict[str, Any]:
    def row(type_: str, name: str, outputs: dict[str, Any], **more: Any) -> dict[str, Any]:
        urn = f"urn:pulumi:prod::shop::{type_}::{name}"
        return {"urn": urn, "type": type_, "custom": True, "id": name, "inputs": {}, "outputs": outputs, **more}

    rows = [
        row(
            "aws:eks/cluster:Cluster",
            "shop-cluster",
            {"name": "shop", "version": version, "status": "ACTIVE", **cluster},
        ),
        row(
            "aws:eks/nodeGroup:NodeGroup",
            "shop-system-group",
            {"version": "1.32", "releaseVersion": "1.32.9-20251103", "scalingConfig": {"desiredSize": 5.0}},
        ),
        row(
            "aws:eks/addon:Addon", "shop-coredns-addon", {"addonName": "coredns", "addonVersion": "v1.11.4-eksbuild.2"}
        ),
    ]
    return {"version": 3, "deployment": {"resources": rows}}


def test_a_state_says_which_versions_are_deployed(tmp_path: Path) -> None:
    coredns = Component(name="coredns", version=None, eks=True)
    seen = with_sources(situation(34, components=(coredns,)), Sources(state=written(tmp_path, state())))
    assert (seen.minor, seen.declared) == (33, 34)
    assert [(each.minor, each.count) for each in seen.nodes] == [(32, 5)]
    assert seen.components[0].version == "v1.11.4-eksbuild.2"
    found = plan(seen)
    assert told(found, "not-deployed")[0][1] == "the stack file says 1.34, and 1.33 is deployed"
    assert found.target == 34


def test_a_state_without_the_cluster_or_of_one_that_is_not_active_stops_it(tmp_path: Path) -> None:
    without = state()
    del without["deployment"]["resources"][0]
    found = plan(with_sources(situation(), Sources(state=written(tmp_path, without))))
    assert [(each.level, each.code) for each in found.stops()] == [("unknown", "state")]
    updating = with_sources(situation(), Sources(state=written(tmp_path, state(status="UPDATING"))))
    assert [each.code for each in plan(updating).stops()] == ["cluster-status"]


def test_what_is_no_answer_is_refused_with_the_command_that_writes_it(tmp_path: Path) -> None:
    for data in ({"Vpcs": []}, [], "nothing"):
        with pytest.raises(InputError, match="aws ec2 describe-subnets"):
            with_sources(situation(), Sources(subnets=written(tmp_path, data)))
    with pytest.raises(InputError, match="aws eks list-insights"):
        with_sources(situation(), Sources(insights=(written(tmp_path, {"items": []}),)))


def insight(status: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": "a92e",
        "name": "Deprecated APIs removed in Kubernetes v1.35",
        "category": "UPGRADE_READINESS",
        "kubernetesVersion": "1.35",
        "lastRefreshTime": "2026-11-20T22:00:00+00:00",
        "insightStatus": {"status": status, "reason": "Deprecated API usage detected within last 30 days."},
        **fields,
    }


@pytest.mark.parametrize(
    ("status", "level", "stops"),
    [("ERROR", "blocker", True), ("WARNING", "warning", False), ("UNKNOWN", "unknown", True), ("NEW", "unknown", True)],
)
def test_insights_are_told_by_their_status(tmp_path: Path, status: str, level: str, stops: bool) -> None:
    seen = with_sources(situation(), Sources(insights=(written(tmp_path, {"insights": [insight(status)]}),)))
    found = plan(seen)
    assert [each for each, _ in told(found, "insight")] == [level]
    assert bool(found.stops()) == stops


def test_one_insight_names_clients_and_addons(tmp_path: Path) -> None:
    summary = {
        "deprecationDetails": [
            {
                "usage": "/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas",
                "replacedWith": "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
                "stopServingVersion": "1.32",
                "clientStats": [{"userAgent": "old-operator/v0.9", "numberOfRequestsLast30Days": 41}],
            }
        ],
        "addonCompatibilityDetails": [{"name": "vpc-cni", "compatibleVersions": ["v1.20.1-eksbuild.3"]}],
    }
    one = {"insight": insight("ERROR", categorySpecificSummary=summary, recommendation="Update manifests.")}
    seen = with_sources(situation(), Sources(insights=(written(tmp_path, one),)))
    (finding,) = [each for each in plan(seen).stops() if each.code == "insight"]
    assert "old-operator/v0.9 (41 in 30 days)" in finding.what
    assert "vpc-cni runs there as v1.20.1-eksbuild.3" in finding.what
    assert finding.do == "Update manifests."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "got an empty file"),
        ('{"insights": [', "got text that is no JSON"),
        ("[" * 100_000, "got JSON that is nested too deeply"),
        ("[1, 2]", "is no answer of aws eks list-insights"),
    ],
)
def test_what_is_no_answer_is_one_line_with_the_command(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        with_sources(situation(), Sources(insights=(written(tmp_path, text),)))
    [problem] = refused.value.problems
    assert problem.file == str(tmp_path / "answer.json")
    assert "aws eks list-insights" in problem.message


def test_insights_that_pass_are_quiet_and_old_ones_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, {"insights": [insight("PASSING")]})
    assert plan(with_sources(situation(), Sources(insights=(file,)))).findings == ()
    monkeypatch.setenv(VARIABLE, "2026-11-29")
    old = plan(with_sources(situation(), Sources(insights=(file,))))
    assert [each.code for each in old.findings] == ["insight-old"]
    none = written(tmp_path, {"insights": []}, "none.json")
    assert [each.code for each in plan(with_sources(situation(), Sources(insights=(none,)))).stops()] == ["insights"]


def addons(*rows: tuple[str, str, list[str]]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, version, clusters in rows:
        fits = [{"clusterVersion": each} for each in clusters]
        found.setdefault(name, []).append({"addonVersion": version, "compatibilities": fits})
    return {"addons": [{"addonName": name, "addonVersions": versions} for name, versions in found.items()]}


def test_versions_of_addons_are_compared_as_numbers(tmp_path: Path) -> None:
    offered = addons(
        ("vpc-cni", "v1.20.9-eksbuild.1", ["1.34", "1.35"]),
        ("vpc-cni", "v1.20.10-eksbuild.2", ["1.34", "1.35"]),
        ("vpc-cni", "v1.20.10-eksbuild.10", ["1.34", "1.35"]),
        ("vpc-cni", "v1.21.0-eksbuild.1", ["1.35"]),
    )
    cni = Component(name="vpc-cni", version="v1.19.0-eksbuild.1", eks=True, element="vpc_cni", pinned=True)
    seen = with_sources(situation(components=(cni,)), Sources(addon_versions=(written(tmp_path, offered),)))
    (step,) = [each for each in plan(seen).hops[0].steps if each.id == "addons-before"]
    assert step.found[0].startswith("vpc-cni v1.19.0-eksbuild.1: v1.20.10-eksbuild.10, ")


def test_an_addon_that_eks_does_not_offer_for_the_next_version_stops_it(tmp_path: Path) -> None:
    old = Component(name="adot", version="v0.80.0-eksbuild.1", eks=True, element="adot", pinned=True)
    offered = written(tmp_path, addons(("adot", "v0.80.0-eksbuild.1", ["1.34"])))
    seen = with_sources(situation(components=(old,)), Sources(addon_versions=(offered,)))
    assert [each.what for each in plan(seen).stops()] == ["EKS offers no version of add-on adot for 1.35"]


_HOOKS = "validatingwebhookconfigurations,mutatingwebhookconfigurations"


def answering(folder: Path, monkeypatch: pytest.MonkeyPatch, **answers: str) -> Connection:
    """A `kubectl` on the PATH that gives recorded answers, and notes what it was asked."""
    for name, text in answers.items():
        (folder / f"{name}.out").write_text(text, encoding="utf-8")
    script = f"""#!/bin/sh
echo "$@" >> {folder}/asked
for word in version nodes pdb /metrics deployments,statefulsets endpointslices {_HOOKS}; do
  case " $* " in *" $word "*) f={folder}/$(basename $word).out;; esac
done
if [ -f "$f" ]; then cat "$f"; else echo "Error from server (Forbidden): no rights" >&2; exit 1; fi
"""
    tool = folder / "kubectl"
    tool.write_text(script)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return Connection(folder / "config", "shop")


def node(name: str, kubelet: str, ready: str = "True", **labels: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {key.replace("__", "/"): value for key, value in labels.items()}},
        "status": {"nodeInfo": {"kubeletVersion": kubelet}, "conditions": [{"type": "Ready", "status": ready}]},
    }


METRICS = """# TYPE apiserver_requested_deprecated_apis gauge
apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.35",RESOURCE} 1
apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1
""".replace("RESOURCE", 'resource="flowschemas",subresource="",version="v1beta3"')


def asked(folder: Path, monkeypatch: pytest.MonkeyPatch, here: Situation, **answers: Any) -> Situation:
    given = {
        "version": json.dumps({"serverVersion": {"gitVersion": "v1.34.2-eks-3cfe0ce"}}),
        "nodes": json.dumps({"items": answers.pop("nodes", [])}),
        "pdb": json.dumps({"items": answers.pop("pdb", [])}),
        **{each: json.dumps({"items": []}) for each in ("deployments,statefulsets", _HOOKS, "endpointslices")},
        **answers,
    }
    return with_sources(here, Sources(connection=answering(folder, monkeypatch, **given)))


def test_a_cluster_tells_its_kubelets_budgets_and_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [
        node("a", "v1.34.1-eks-1", **{"eks.amazonaws.com/nodegroup": "shop-system-group-1a2b"}),
        node("b", "v1.31.0-eks-1", **{"eks.amazonaws.com/nodegroup": "shop-system-group-1a2b"}),
        node("c", "v1.30.4-eks-1"),
    ]
    budget = {"metadata": {"namespace": "shop", "name": "web"}, "status": {"disruptionsAllowed": 0, "expectedPods": 1}}
    seen = asked(tmp_path, monkeypatch, situation(), nodes=nodes, pdb=[budget], metrics=METRICS)
    assert [(each.name, each.minor, each.count) for each in seen.nodes] == [("system", 31, 2)]
    found = plan(seen)
    assert told(found, "node-skew") == [
        ("blocker", "system (managed) runs 1.31, which is too old for a control plane 1.35, which takes 1.32 and newer")
    ]
    assert told(found, "pdb-now")[0][0] == "blocker"
    assert told(found, "nodes-elsewhere")[0][1].startswith(
        "the cluster has 1 nodes of kind self-managed, the oldest 1.30"
    )
    assert [level for level, _ in told(found, "api-requests")] == ["blocker", "warning"]
    words = (tmp_path / "asked").read_text().splitlines()
    assert all(line.startswith(f"--kubeconfig {tmp_path}/config --context shop ") for line in words)
    assert not any(verb in line.split() for line in words for verb in ("apply", "delete", "patch", "create", "drain"))


def test_webhooks_that_fail_closed_and_workloads_of_one_pod_are_told() -> None:
    def webhook(name: str, **more: Any) -> dict[str, Any]:
        rule = {"apiGroups": [""], "operations": ["CREATE"], "resources": ["pods"]}
        service = {"service": {"namespace": "shop", "name": name}}
        return {"name": name, "clientConfig": service, "rules": [rule], **more}

    hooks = [
        webhook("silent"),
        webhook("answers", failurePolicy="Fail"),
        webhook("ignored", failurePolicy="Ignore"),
        webhook("services", rules=[{"apiGroups": [""], "operations": ["*"], "resources": ["services"]}]),
        webhook("outside", clientConfig={"url": "https://example.com"}),
    ]
    behind = {"namespace": "shop", "labels": {"kubernetes.io/service-name": "answers"}}
    gone = {"namespace": "shop", "labels": {"kubernetes.io/service-name": "silent"}}
    answers = {
        "deployments,statefulsets": [
            {"metadata": {"namespace": "shop", "name": name}, "spec": {"replicas": count}}
            for name, count in (("web", 1), ("api", 2), ("none", 0))
        ],
        _HOOKS: [{"metadata": {"name": "policy"}, "webhooks": hooks}],
        "endpointslices": [
            {"metadata": behind, "endpoints": [{"conditions": {}}]},
            {"metadata": gone, "endpoints": [{"conditions": {"ready": False}}]},
        ],
    }
    found = list(workloads(lambda _, kinds, *_words: json.dumps({"items": answers[kinds]})))
    assert [(each.level, each.code) for each in found] == [
        ("warning", "single-pod-now"),
        ("blocker", "webhook-silent"),
        ("warning", "webhook-closed"),
    ]
    assert found[0].what.endswith(": shop/web")
    assert "1 webhook for pods with failurePolicy Fail, and no pod answers: silent of policy" in found[1].what
    assert "answers of policy (service shop/answers)" in found[2].what


def test_metrics_that_may_not_be_read_are_not_taken_for_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = plan(asked(tmp_path, monkeypatch, situation(), nodes=[]))
    assert [(each.level, each.code) for each in found.stops()] == [("unknown", "api-requests")]


def test_a_cluster_that_is_another_one_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = json.dumps({"serverVersion": {"gitVersion": "v1.29.1"}})
    found = plan(asked(tmp_path, monkeypatch, situation(34, nodes=(group(),)), version=far, metrics=""))
    assert "other-cluster" in [each.code for each in found.stops()]


def test_no_kubectl_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="needs kubectl; got none on the PATH"):
        with_sources(situation(), Sources(connection=Connection()))


def test_an_answer_that_goes_on_is_refused(tmp_path: Path) -> None:
    page = written(tmp_path, addons(("vpc-cni", "v1.20.0-eksbuild.1", ["1.35"])) | {"nextToken": "more"})
    with pytest.raises(InputError, match="is not all of the answer of aws eks describe-addon-versions"):
        with_sources(situation(), Sources(addon_versions=(page,)))


def test_an_addon_that_the_file_does_not_have_stops_it(tmp_path: Path) -> None:
    cni = Component(name="vpc-cni", version="v1.19.0-eksbuild.1", eks=True, element="vpc_cni", pinned=True)
    here = situation(components=(cni,))
    assert [each.gate for each in plan(here).every() if each.code == "addon-versions"] == [False]
    seen = with_sources(here, Sources(addon_versions=(written(tmp_path, {"addons": []}),)))
    (stop,) = plan(seen).stops()
    assert "is not in the file, of add-ons vpc-cni v1.19.0-eksbuild.1" in stop.what


def test_an_insight_that_is_listed_and_described_is_told_once(tmp_path: Path) -> None:
    base = {"id": "a", "name": "APIs", "category": "UPGRADE_READINESS", "insightStatus": {"status": "ERROR"}}
    details = {"deprecationDetails": [{"usage": "/apis/x", "stopServingVersion": "1.35", "replacedWith": "/apis/y"}]}
    listed, described = tmp_path / "list.json", tmp_path / "one.json"
    listed.write_text(json.dumps({"insights": [base]}))
    described.write_text(json.dumps({"insight": {**base, "categorySpecificSummary": details}}))
    for files in ((listed, described), (described, listed)):
        seen = with_sources(situation(), Sources(insights=files))
        ((level, what),) = told(plan(seen), "insight")
        assert (level, "/apis/x is not served from 1.35 on" in what) == ("blocker", True)
