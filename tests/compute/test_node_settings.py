"""What groups say to nodeadm and Bottlerocket: merged with the platform's own, measured, and never in plain text."""

from __future__ import annotations

import base64
import email
import json
import tomllib
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs
from eks_blueprints.blueprint.checks import check
from eks_blueprints.compute._user_data.cluster_data import ClusterData
from eks_blueprints.compute._user_data.merging import joined_flags, merged
from eks_blueprints.compute._user_data.render import NodeSettings, render, render_additions
from eks_blueprints.compute._user_data.size import size
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.node_settings import USER_DATA_LIMIT
from tests.builders import recorded

CLUSTER = ClusterData(name="shop", endpoint="https://e", certificate_authority="Q0E=", service_cidr="10.100.0.0/16")
LABELS = {"team": "ml"}
TAINTS = [{"key": "dedicated", "value": "gpu", "effect": "NO_SCHEDULE"}]
BOTTLEROCKET = {"ami_type": "BOTTLEROCKET_x86_64"}


def spec_of(text: str) -> dict[str, Any]:
    parts = list(email.message_from_string(text).walk())
    found: dict[str, Any] = json.loads(str(parts[-1].get_payload()))["spec"]
    return found


def own(**fields: Any) -> dict[str, Any]:
    """The NodeConfig of a group whose user data is all ours."""
    return spec_of(render(SelfManagedNodes.model_validate(fields), CLUSTER))


def stock(**fields: Any) -> dict[str, Any]:
    """The NodeConfig of a group of EKS's images."""
    nodes = ManagedNodes.model_validate(fields)
    return spec_of(render_additions(nodes, NodeSettings.of(nodes)) or "")


def settings(**fields: Any) -> dict[str, Any]:
    text = render(SelfManagedNodes.model_validate(BOTTLEROCKET | fields), CLUSTER)
    found: dict[str, Any] = tomllib.loads(text)["settings"]
    return found


def refused(cls: Any = ManagedNodes, **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        cls.model_validate(fields)
    return "\n".join(str(problem) for problem in problems_of(caught.value))


def flags(*entries: str, **more: Any) -> list[str]:
    found: list[str] = own(labels=LABELS, taints=TAINTS, node_config={"kubelet": {"flags": list(entries)} | more})[
        "kubelet"
    ]["flags"]
    return found


OURS = ["--node-labels=team=ml", "--register-with-taints=dedicated=gpu:NoSchedule"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (["--v=4"], [*OURS, "--v=4"]),
        (["--v=4", "--v=4"], [*OURS, "--v=4"]),
        (["--node-labels=a=b"], ["--node-labels=team=ml,a=b", OURS[1]]),
        (["--node-labels=a=b,team=ml"], ["--node-labels=team=ml,a=b", OURS[1]]),
        (["--node-labels", "a=b"], ["--node-labels=team=ml,a=b", OURS[1]]),
        (["--node-labels a=b --v=4"], ["--node-labels=team=ml,a=b", OURS[1], "--v=4"]),
        (["--register-with-taints=x=:NoExecute"], [OURS[0], f"{OURS[1]},x=:NoExecute"]),
        (["--register-with-taints=dedicated=gpu:NoSchedule"], OURS),
        (
            ["-v", "4", "--seccomp-default", "--event-burst", "4"],
            [*OURS, "-v", "4", "--seccomp-default", "--event-burst", "4"],
        ),
        ([], OURS),
    ],
)
def test_flags_are_added_to_those_of_labels_and_taints(entries: list[str], expected: list[str]) -> None:
    assert flags(*entries) == expected


def test_taints_of_the_kubelets_configuration_join_the_flag_that_would_hide_them() -> None:
    taint = {"key": "x", "effect": "NoExecute"}
    kubelet = own(taints=TAINTS, node_config={"kubelet": {"config": {"registerWithTaints": [taint]}}})["kubelet"]
    assert kubelet["flags"] == ["--register-with-taints=dedicated=gpu:NoSchedule,x=:NoExecute"]
    assert "registerWithTaints" not in kubelet["config"]
    alone = own(node_config={"kubelet": {"config": {"registerWithTaints": [taint]}}})["kubelet"]
    assert alone["config"]["registerWithTaints"] == [taint]


def test_flags_of_eks_images_are_the_users_alone() -> None:
    assert stock(labels=LABELS, node_config={"kubelet": {"flags": ["--v=4"]}}) == {"kubelet": {"flags": ["--v=4"]}}


def test_mappings_merge_and_single_values_are_the_users() -> None:
    config = {"maxPods": 20, "clusterDNS": ["169.254.20.10"], "kubeReserved": {"cpu": "1"}}
    kubelet = own(max_pods=58, node_config={"kubelet": {"config": config}})["kubelet"]
    assert kubelet["config"] == config


def test_the_users_taints_and_labels_join_those_of_bottlerocket() -> None:
    kubernetes = {"node-labels": {"a": "b"}, "node-taints": {"dedicated": "gpu:NoExecute", "x": [":NoSchedule"]}}
    found = settings(labels=LABELS, taints=TAINTS, bottlerocket_settings={"kubernetes": kubernetes})["kubernetes"]
    assert found["node-labels"] == {"team": "ml", "a": "b"}
    assert found["node-taints"] == {"dedicated": ["gpu:NoSchedule", "gpu:NoExecute"], "x": [":NoSchedule"]}
    assert found["api-server"] == "https://e"


def test_registry_mirrors_of_bottlerocket_arrive() -> None:
    mirrors = [{"registry": "docker.io", "endpoint": ["https://m"]}, {"registry": "*", "endpoint": ["https://n"]}]
    assert settings(bottlerocket_settings={"container-registry": {"mirrors": mirrors}})["container-registry"] == {
        "mirrors": mirrors
    }


def test_merged() -> None:
    below = {"a": {"b": [1, 2], "c": 1}, "d": [{"x": 1}]}
    above = {"a": {"b": [2, 3, 3], "c": {"e": 1}}, "d": [{"x": 1}, {"x": 2}], "f": 1}
    assert merged(below, above) == {"a": {"b": [1, 2, 3, 3], "c": {"e": 1}}, "d": [{"x": 1}, {"x": 2}], "f": 1}
    assert joined_flags(["--a", "4", "--b", "4"]) == ["--a", "4", "--b", "4"]


def config(**fields: Any) -> dict[str, Any]:
    return {"node_config": {"kubelet": {"config": fields}}}


def flagged(*entries: str) -> dict[str, Any]:
    return {"node_config": {"kubelet": {"flags": list(entries)}}}


def kubernetes(**fields: Any) -> dict[str, Any]:
    found = {name.replace("_", "-"): value for name, value in fields.items()}
    return {**BOTTLEROCKET, "bottlerocket_settings": {"kubernetes": found}}


TAINT = {"key": "x", "effect": "NoExecute"}


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"labels": LABELS, **flagged("--node-labels=team=x")}, 'another value than labels; got "x" and "ml"'),
        ({"labels": LABELS, **kubernetes(node_labels={"team": "x"})}, 'another value than labels; got "x" and "ml"'),
        ({"taints": TAINTS, **flagged("--register-with-taints=x=:NoExecute")}, "write all of them in taints"),
        ({"taints": TAINTS, **config(registerWithTaints=[TAINT])}, "write all of them in taints"),
        ({"node_config": {"cluster": {"name": "x"}}}, "node_config.cluster: is set by the platform; got another value"),
        (kubernetes(cluster_name="x"), "kubernetes.cluster-name: is set by the platform; got another value"),
        ({"version": "1.32", **config(userNamespaces={})}, "exists since Kubernetes 1.33, and nodes have 1.32"),
        (config(maxPods=None), "node_config.kubelet.config.maxPods: has no value"),
        ({"node_config": {"kubelet": {5: 1}}}, "needs text as its key; got 5"),
        ({"pre_bootstrap_scripts": ["echo AKIAIOSFODNN7EXAMPLE"]}, "pre_bootstrap_scripts[0]: holds an access key"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], what: str) -> None:
    assert what in refused(**fields)


def test_bottlerocket_may_be_told_another_server_for_names() -> None:
    found = settings(bottlerocket_settings={"kubernetes": {"cluster-dns-ip": "169.254.20.10"}})
    assert found["kubernetes"]["cluster-dns-ip"] == "169.254.20.10"


def toml(length: int) -> dict[str, Any]:
    return {"containerd": {"config": f"# {'x' * length}\n"}}


LONG = "#" * 5_000
WINDOWS = {"ami_type": "WINDOWS_CORE_2022_x86_64", "pre_bootstrap_scripts": [LONG] * 3}
MANY_LABELS = {f"l{number}": "x" * 60 for number in range(140)}


@pytest.mark.parametrize(
    ("cls", "fields", "where"),
    [
        (ManagedNodes, {"node_config": toml(20_000)}, "node_config"),
        (SelfManagedNodes, {"node_config": toml(15_000)}, "node_config"),
        (ManagedNodes, {**BOTTLEROCKET, "bottlerocket_settings": {"motd": LONG * 3}}, "bottlerocket_settings"),
        (ManagedNodes, {"node_config": toml(4_000), "pre_bootstrap_scripts": [LONG] * 2}, "pre_bootstrap_scripts"),
        (SelfManagedNodes, WINDOWS, "pre_bootstrap_scripts"),
        (SelfManagedNodes, {"node_config": toml(5_300), "labels": MANY_LABELS}, "node_config"),
    ],
)
def test_user_data_is_measured_as_it_is_rendered(cls: Any, fields: dict[str, Any], where: str) -> None:
    found = refused(cls, **fields)
    assert f"{where}: makes user data longer than EC2 allows" in found
    assert f"EC2 allows, {USER_DATA_LIMIT} bytes; got about " in found
    assert "of it estimated for the cluster's name, endpoint and certificate authority" in found


def test_what_fits_is_taken_and_measured_exactly() -> None:
    nodes = SelfManagedNodes.model_validate({"node_config": toml(12_000), "pre_bootstrap_scripts": ["ü" * 100]})
    found = size(nodes, beside_eks=False)
    assert found is not None
    assert found.fields["pre_bootstrap_scripts"] > 200
    assert found.fields["node_config"] > 12_000
    real = len(render(nodes, CLUSTER).encode())
    assert real < found.total < real + 1_800
    assert size(ManagedNodes(), beside_eks=True) is None


def test_unknown_values_are_counted_and_said() -> None:
    fields = {"node_config": toml(20_000), "pre_bootstrap_scripts": [{"secret": "hub:script"}]}
    assert "besides values that are not known here (1)" in refused(ManagedNodes, **fields)


def blueprint(**nodes: Any) -> BlueprintArgs:
    system = ManagedNodes.model_validate({"name": "system"} | nodes)
    parts = {"region": "eu-west-1", "network": {}, "cluster": {"version": "1.35"}, "compute": [system]}
    return BlueprintArgs.model_validate(parts)


def told(**nodes: Any) -> list[str]:
    found = [problem for problem in check(blueprint(**nodes)) if problem.path[:2] == ("compute", "system")]
    return [f"{problem.severity}: {problem.message}" for problem in found]


def test_fields_of_another_release_than_the_clusters() -> None:
    at = "compute.system.node_config.kubelet.config.memoryReservationPolicy"
    with pytest.raises(ValidationError) as caught:
        blueprint(**config(memoryReservationPolicy="None"))
    assert [str(problem) for problem in problems_of(caught.value)] == [
        f'{at}: exists since Kubernetes 1.36, and nodes have 1.35; got "None"; remove it'
    ]
    assert told(**config(maxPods=5)) == []


@pytest.mark.parametrize(
    "nodes",
    [
        {"pre_bootstrap_scripts": ["export DB_PASSWORD=hunter2"]},
        {"pre_bootstrap_scripts": ["curl https://me:hunter2@example.com/x"]},
        {"node_config": {"instance": {"environment": {"default": {"API_KEY": "hunter2"}}}}},
        {**BOTTLEROCKET, "bottlerocket_settings": {"network": {"https-proxy": "http://me:hunter2@proxy:3128"}}},
    ],
)
def test_what_looks_like_a_password_is_doubted(nodes: dict[str, Any]) -> None:
    (found,) = told(**nodes)
    assert found.startswith("warning: ")
    assert "looks like it contains a password in plain text" in found
    assert "hunter2" not in found


@pytest.mark.parametrize(
    "script",
    [
        "PASSWORD=$(aws secretsmanager get-secret-value --secret-id hub)",
        'export PASSWORD="$TOKEN"; read -r password',
        "docker login --password-stdin",
        "curl https://$USER:$PASSWORD@example.com",
        "PASSWORD_FILE=/run/password",
        "curl http://169.254.169.254:80/latest",
    ],
)
def test_fetching_a_password_is_fine(script: str) -> None:
    assert told(pre_bootstrap_scripts=[script]) == []


@pytest.mark.parametrize("cls", [ManagedNodes, SelfManagedNodes])
def test_a_secret_makes_the_whole_user_data_secret(cls: Any) -> None:
    def attached(cluster: Any) -> Any:
        registry = {"registry": "docker.io", "password": pulumi.Output.secret("hunter2")}
        settings = {"container-registry": {"credentials": [registry]}}
        image = {"image": {"id": "ami-0123456789abcdef0"}} if cls is SelfManagedNodes else {}
        nodes = {"name": "a", **BOTTLEROCKET, **image, "bottlerocket_settings": settings}
        return cls.model_validate(nodes).attach(cluster)

    template = recorded(attached).one("LaunchTemplate").planned.to_data()
    assert template["inputs"]["userData"] == {"$secret": True}
    assert "hunter2" not in json.dumps(template)


def test_a_plain_output_is_rendered() -> None:
    def attached(cluster: Any) -> Any:
        script = pulumi.Output.from_input("echo hello")
        return ManagedNodes(name="a", pre_bootstrap_scripts=(script,)).attach(cluster)

    plan = recorded(attached)
    text = base64.b64decode(plan.one("LaunchTemplate").planned.to_data()["inputs"]["userData"]).decode()
    assert "#!/bin/bash\necho hello\n" in text


def test_a_spec_with_references_is_written_down() -> None:
    config = {"containerd": {"config": {"secret": "hub:toml"}}, "kubelet": {"config": {"maxPods": 5}}}
    found = ManagedNodes(name="a", node_config=config).model_dump(mode="json")
    assert found["node_config"] == {
        "containerd": {"config": "{secret: hub:toml}"},
        "kubelet": {"config": {"maxPods": 5}},
    }


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        (
            {"node_config": {"kubelet": {"flags": ["--node-labels=node-role.kubernetes.io/gpu=yes"]}}},
            "sets a label that stops the kubelet from starting",
        ),
        ({"node_config": {"kubelet": {"flags": ["--node-labels=node.kubernetes.io/gpu=yes"]}}}, ""),
        ({"node_config": {"kubelet": {"flags": ["--node-labels=topology.kubernetes.io/zone=a"]}}}, ""),
        (
            {
                "ami_type": "BOTTLEROCKET_x86_64",
                "bottlerocket_settings": {"kubernetes": {"node-labels": {"node-role.kubernetes.io/gpu": "yes"}}},
            },
            "sets a label that stops the kubelet from starting",
        ),
    ],
)
def test_labels_with_which_no_kubelet_starts(fields: dict[str, Any], start: str) -> None:
    try:
        ManagedNodes.model_validate({"name": "n"} | fields)
        found = []
    except ValidationError as error:
        found = [problem.message for problem in problems_of(error)]
    assert [text.startswith(start) for text in found] == ([True] if start else [])
