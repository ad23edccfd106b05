"""What teardown reads from a plan: what owns things outside the cluster, and in which order it goes."""

from __future__ import annotations

from typing import Any

import pulumi_kubernetes as kubernetes

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.lifecycle.teardown.steps import Step, steps
from eks_blueprints.recording import Plan, record, record_directory
from tests import PROJECT, ROOT

SMALL: dict[str, Any] = {
    "region": "eu-west-1",
    "network": {
        "vpc_id": "vpc-0123456789abcdef0",
        "subnet_ids": {"private": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
    },
    "cluster": {"version": "1.35"},
    "core_addons": [],
}


def of_example(name: str) -> list[Step]:
    return steps(record_directory(ROOT / "examples" / name, "prod").plan())


def titles(found: list[Step]) -> list[str]:
    return [step.title for step in found]


def one(found: list[Step], title: str) -> Step:
    [step] = [step for step in found if step.title == title]
    return step


def of_plan(*objects: Any, **fields: Any) -> Plan:
    def program() -> None:
        shop = Blueprint("shop", BlueprintArgs.model_validate(SMALL | fields))
        for make in objects:
            make(shop.child(provider=shop.cluster.kubernetes))

    return record(program, stack="prod").plan()


def of_program(*objects: Any, **fields: Any) -> list[Step]:
    return steps(of_plan(*objects, **fields))


def service(opts: Any) -> None:
    kubernetes.core.v1.Service(
        "web", metadata={"name": "web", "namespace": "shop"}, spec={"type": "LoadBalancer"}, opts=opts
    )
    kubernetes.core.v1.Service("db", metadata={"name": "db"}, spec={"type": "ClusterIP"}, opts=opts)


def argo_cd(opts: Any) -> None:
    kubernetes.helm.v3.Release("argo", name="argo-cd", chart="argo-cd", namespace="argocd", opts=opts)


def test_nodes_go_after_what_their_controllers_take_away() -> None:
    assert titles(of_example("auto_mode")) == [
        "connect to cluster auto",
        "delete load balancers",
        "delete volumes, and the data on them",
        "drain pools and their nodes",
        "wait for network interfaces",
        "destroy the stack",
        "look for leftovers of auto",
        "delete the log group that EKS creates again for auto",
    ]


def test_pools_are_told_with_what_they_may_hold() -> None:
    step = one(of_example("mixed_compute"), "drain pools and their nodes")
    assert "NodePool gpu, up to nvidia.com/gpu 8" in step.found
    assert any(line.startswith("kubectl delete nodepools --all") for line in step.commands)


def test_built_in_pools_of_auto_mode_are_left_to_it() -> None:
    step = one(of_example("auto_mode"), "drain pools and their nodes")
    assert any(line.startswith("kubectl delete nodepools gpu inference spot ") for line in step.commands)


def test_no_volumes_where_nothing_makes_any() -> None:
    assert "delete volumes, and the data on them" not in titles(of_example("mixed_compute"))
    assert "drain pools and their nodes" not in titles(of_program())


def test_protection_comes_first() -> None:
    first, *_ = steps(record_directory(PROJECT, "prod").plan())
    assert first.title == "turn protection off"
    assert "prod-cluster (protect)" in first.found
    assert "prod-cluster (AWS)" in first.found


def test_load_balancers_that_the_program_makes_are_named() -> None:
    assert one(of_program(service), "delete load balancers").found == ("Service shop/web",)


def test_what_brings_objects_back_is_stopped_before() -> None:
    found = of_program(argo_cd, service)
    assert titles(found).index("stop controllers that create objects again") < titles(found).index(
        "delete load balancers"
    )
    assert "--namespace argocd" in one(found, "stop controllers that create objects again").commands[0]


def test_the_cluster_is_talked_to_as_its_account_says() -> None:
    role = "arn:aws:iam::111122223333:role/deployer"
    [talk, _] = one(of_program(account={"role_arn": role, "profile": "acme"}), "connect to cluster shop").commands
    assert talk == f"aws eks update-kubeconfig --name shop --region eu-west-1 --role-arn {role} --profile acme"


def test_two_clusters_are_told_apart() -> None:
    def program() -> None:
        for name, make in (("one", service), ("two", argo_cd)):
            made = Blueprint(name, BlueprintArgs.model_validate(SMALL | {"cluster": {"version": "1.35", "name": name}}))
            make(made.child(provider=made.cluster.kubernetes))

    found = steps(record(program, stack="prod").plan())
    assert titles(found) == [
        "connect to cluster one",
        "delete load balancers",
        "wait for network interfaces",
        "connect to cluster two",
        "stop controllers that create objects again",
        "delete load balancers",
        "wait for network interfaces",
        "destroy the stack",
        "look for leftovers of one",
        "delete the log group that EKS creates again for one",
        "look for leftovers of two",
        "delete the log group that EKS creates again for two",
    ]


def test_what_stays_is_said() -> None:
    def keep(opts: Any) -> None:
        kept = opts
        kept.retain_on_delete = True
        kubernetes.core.v1.Namespace("kept", metadata={"name": "kept"}, opts=kept)

    assert one(of_program(keep), "destroy the stack").found == ("kept stays",)


def test_a_program_without_a_cluster() -> None:
    assert titles(steps(record(lambda: None, stack="dev").plan())) == ["destroy the stack"]


BASE: dict[str, Any] = {"vpc_cni": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}, "coredns": {}}
NODES = {"kind": "managed_nodes"}


def test_leftovers_are_looked_for_by_every_controllers_tag() -> None:
    addons = {"vpc_cni": {}, "kube_proxy": {}, "eks_pod_identity_agent": {}, "coredns": {}, "aws_ebs_csi_driver": {}}
    addons |= {"aws_load_balancer_controller": {}, "amazon_cloudwatch_observability": {}, "aws_efs_csi_driver": {}}
    found = of_program(addons=addons, compute={"nodes": {"kind": "managed_nodes"}})
    text = "\n".join(one(found, "look for leftovers of shop").commands)
    for tag in (
        "Key=kubernetes.io/cluster/shop,Values=owned ",
        "Key=eks:eks-cluster-name,Values=shop ",
        "Key=elbv2.k8s.aws/cluster,Values=shop ",
        "Key=cluster.k8s.amazonaws.com/name,Values=shop ",
        "Key=KubernetesCluster,Values=shop ",
        "--log-group-name-prefix /aws/eks/shop/ ",
        "--log-group-name-prefix /aws/containerinsights/shop/ ",
    ):
        assert tag in text, tag
    assert text.count("--region eu-west-1") == len(text.splitlines())
    shared = "\n".join(one(found, "check which leftovers of shop are in use").commands)
    assert "describe-volumes --filters Name=tag:ebs.csi.aws.com/cluster,Values=true" in shared
    assert "describe-snapshots --owner-ids self --filters Name=tag:ebs.csi.aws.com/cluster,Values=true" in shared
    assert "Key=efs.csi.aws.com/cluster,Values=true" in shared


def test_a_mark_that_names_the_cluster_in_its_value_lists_no_other_clusters_things() -> None:
    addons = {"aws_gateway_api_controller": {}, "external_dns": {"zone_arns": ["arn:aws:route53:::hostedzone/Z1"]}}
    found = of_program(addons=BASE | addons, compute={"nodes": NODES, "pools": {"kind": "karpenter"}})
    lines = one(found, "look for leftovers of shop").commands
    lattice, profiles, records = (
        next(line for line in lines if mark in line) for mark in ("application-networking", "/karpenter/", "route53")
    )
    assert "Key=='application-networking.k8s.aws/ManagedBy' && contains(Value, '/shop/')" in lattice
    assert "contains(Path, '/shop/')" in profiles
    assert "external-dns/owner=shop," in records


def test_a_mark_that_names_no_cluster_is_kept_apart_and_said_so() -> None:
    addons = {"aws_fsx_csi_driver": {}, "ack_s3": {"unbounded": True}}
    found = of_program(addons=BASE | addons, compute={"nodes": NODES})
    step = one(found, "check which leftovers of shop are in use")
    assert "name no cluster" in step.why
    text = "\n".join(step.commands)
    assert "--resource-type-filters fsx --tag-filters Key=CSIVolumeName " in text
    assert "Key=services.k8s.aws/controller-version " in text
    exact = "\n".join(one(found, "look for leftovers of shop").commands)
    assert "CSIVolumeName" not in exact
    assert "services.k8s.aws" not in exact


def test_ack_run_by_eks_leaves_the_same_marks() -> None:
    found = of_program(addons=BASE | {"ack_capability": {}}, compute={"nodes": NODES})
    step = one(found, "check which leftovers of shop are in use")
    assert [line for line in step.commands if "services.k8s.aws/controller-version" in line]


def test_only_what_is_on_the_platform_is_looked_for() -> None:
    found = of_program(core_addons=[])
    text = "\n".join(one(found, "look for leftovers of shop").commands)
    assert not any(
        tag in text for tag in ("elbv2", "cluster.k8s.amazonaws.com", "KubernetesCluster", "containerinsights")
    )
    assert "check which leftovers of shop are in use" not in titles(found)


def test_the_log_group_that_eks_makes_again_is_deleted_last() -> None:
    step = of_program()[-1]
    assert step.commands == ("aws logs delete-log-group --log-group-name /aws/eks/shop/cluster --region eu-west-1",)
    quiet = of_program(cluster={"version": "1.35", "enabled_cluster_log_types": []})
    assert "look for leftovers of shop" in titles(quiet)[-1]
