"""What must hold across pools and classes, and what is doubtful."""

from typing import Any

from eks_blueprints.karpenter.checks import check
from eks_blueprints.karpenter.node_pool import Pool

from .words import auto_class, auto_pool, ec2_class, pool

LIMITS = {"limits": {"cpu": "100"}}


def found(*pools: Pool, classes: tuple[Any, ...] = (), **facts: Any) -> list[str]:
    classes = classes or (ec2_class(),)
    return [f"{problem.severity} {problem}" for problem in check(pools, classes, **facts)]


def test_nothing_to_say() -> None:
    spot = pool(name="spot", weight=10, **LIMITS)
    assert found(spot, pool(**LIMITS)) == []


def test_a_class_that_is_not_there() -> None:
    [text] = found(pool(node_class="defualt", **LIMITS))
    assert text.startswith("error node_pools.general.node_class: ")
    assert text.endswith("did you mean default?")


def test_classes_that_auto_mode_brings() -> None:
    assert found(auto_pool(**LIMITS), classes=(auto_class(),), built_in=["default"]) == []


def test_names_are_given_once() -> None:
    assert any("is listed twice" in text for text in found(pool(**LIMITS), pool(**LIMITS)))
    assert any("is listed twice" in text for text in found(classes=(ec2_class(), ec2_class())))


def test_a_pool_without_limits() -> None:
    [text] = found(pool())
    assert text.startswith("warning node_pools.general.limits: sets no limit")
    assert found(pool(replicas=3)) == []


def test_what_has_no_effect_in_a_static_pool() -> None:
    [text] = found(pool(replicas=3, disruption={"consolidate_after": "1h"}))
    assert text.startswith("warning node_pools.general.disruption.consolidate_after: has no effect in a static pool")


def test_values_of_requirements_that_say_nothing() -> None:
    item = {"key": "kubernetes.io/arch", "operator": "NotIn", "values": []}
    [text] = found(pool(requirements=[item], **LIMITS))
    assert text.startswith("warning node_pools.general.requirements[0].values: leaves nothing out with NotIn")


def test_more_replicas_than_the_limit() -> None:
    [text] = found(pool(replicas=6, limits={"nodes": "5"}))
    assert "is more than limits.nodes" in text


def test_equal_weights_of_pools_for_the_same_pods() -> None:
    [text] = found(pool(name="a", **LIMITS), pool(name="b", **LIMITS))
    assert text.startswith("warning node_pools.b.weight: is that of a, which fits the same pods, so that b comes first")


def test_pools_that_are_told_apart_may_weigh_the_same() -> None:
    amd = pool(name="amd", architectures=["amd64"], **LIMITS)
    arm = pool(name="arm", architectures=["arm64"], **LIMITS)
    gpu = pool(name="gpu", taints=[{"key": "gpu", "effect": "NoSchedule"}], architectures=["amd64"], **LIMITS)
    assert found(amd, arm, gpu) == []


def test_instance_types_say_their_family() -> None:
    listed = pool(name="a", instance_types=["m5.large"], **LIMITS)
    families = pool(name="b", instance_families=["c5"], **LIMITS)
    assert found(listed, families) == []


def test_instance_types_that_do_not_exist() -> None:
    [text] = found(pool(instance_types=["m5.lrage", "m5.large"], **LIMITS))
    assert text.startswith("warning node_pools.general.instance_types: ")
    assert text.endswith("did you mean m5.large?")
    [text] = found(pool(instance_types=["m5.lrage"], **LIMITS))
    assert text.startswith("error ")


def test_instance_types_of_another_architecture() -> None:
    [text] = found(pool(instance_types=["m7g.large"], architectures=["amd64"], **LIMITS))
    assert text.startswith(
        "error node_pools.general.instance_types: leaves no instance type beside architectures amd64"
    )


def test_a_budget_that_blocks_for_good() -> None:
    blocked = pool(disruption={"budgets": [{"nodes": "0", "reasons": ["Drifted"]}]}, **LIMITS)
    [text] = found(blocked)
    assert "blocks disruption of Drifted nodes permanently" in text


def test_labels_of_auto_mode_choose_nothing_elsewhere() -> None:
    conditions = [{"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["c"]}]
    [text] = found(pool(requirements=conditions, **LIMITS))
    assert text.startswith("warning ")
    assert text.endswith("use karpenter.k8s.aws/instance-category")


def test_reserved_capacity_needs_reservations() -> None:
    reserved = pool(capacity_types=["reserved"], **LIMITS)
    [text] = found(reserved)
    assert text.startswith("error node_pools.general.capacity_types: ")
    assert found(reserved, classes=(ec2_class(capacity_reservation_selector_terms=[{"id": "cr-1"}]),)) == []


def test_windows_pools_need_windows_images() -> None:
    windows = ec2_class(ami_selector_terms=[{"alias": "windows2022@latest"}])
    wanted = pool(operating_systems=["windows"], **LIMITS)
    assert found(wanted, classes=(windows,)) == []
    [text] = found(wanted)
    assert text.startswith("error node_pools.general.operating_systems: ")
    [text] = found(pool(architectures=["arm64"], **LIMITS), classes=(windows,))
    assert "cannot run Windows" in text


def test_images_that_are_not_pinned() -> None:
    [text] = found(classes=(ec2_class(ami_selector_terms=[{"alias": "al2023@latest"}]),))
    assert text.startswith("warning node_classes.default.ami_selector_terms[0].alias: ")


def test_images_and_kubernetes_versions() -> None:
    old = ec2_class(ami_selector_terms=[{"alias": "al2@v20250920"}])
    new = ec2_class(ami_selector_terms=[{"alias": "windows2025@latest"}])
    assert found(classes=(old,), kubernetes_version="1.32") == []
    assert "use al2023" in found(classes=(old,), kubernetes_version="1.33")[0]
    assert "before Kubernetes 1.35" in found(classes=(new,), kubernetes_version="1.34")[0]
    assert found(classes=(new,), kubernetes_version="1.35") == []


def test_pods_get_subnets_and_groups_together() -> None:
    [text] = found(classes=(auto_class(pod_subnet_selector_terms=[{"id": "subnet-1"}]),))
    assert text.startswith("warning node_classes.team.pod_security_group_selector_terms: is required together")
