"""The stand-ins themselves, driven by the real engine with toy programs."""

from __future__ import annotations

import pytest

from .harness import Engine
from .registered import UNKNOWN
from .toys import COMPONENTS, NETWORK, PLATFORM

pytestmark = pytest.mark.engine

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
CLUSTER = "aws:eks/cluster:Cluster"


def test_a_platform_lives_and_dies(engine: Engine) -> None:
    project = engine.program(PLATFORM)
    plan = project.preview()
    made = plan.ops()["create"]
    assert plan.ops() == {"create": made}
    assert plan.calls[0]["op"] == "check-config"

    assert project.up().ops() == {"create": made}
    assert project.outputs()["endpoint"].endswith(".gr7.eu-west-1.eks.amazonaws.com")
    assert project.up().unchanged
    project.refresh()
    assert project.preview().unchanged

    gone = project.destroy()
    assert gone.ops() == {"delete": made}
    assert gone.order("delete").index("workers") < gone.order("delete").index("shop")
    assert project.leftovers() == []
    assert project.export() == []


def test_what_a_program_registers_is_read_from_the_engine(engine: Engine) -> None:
    found = engine.program(PLATFORM).preview().registered
    cluster = found[CLUSTER, "shop"]
    assert cluster.inputs["version"] == "1.34"
    assert cluster.inputs["vpcConfig"] == {"subnetIds": [UNKNOWN, UNKNOWN], "endpointPrivateAccess": True}
    assert cluster.inputs["roleArn"] is UNKNOWN
    assert cluster.property_dependencies["roleArn"] == (found["aws:iam/role:Role", "control"].urn,)
    provider = found["pulumi:providers:kubernetes", "k8s"]
    assert provider.secrets == ("kubeconfig",)
    assert found["kubernetes:core/v1:Namespace", "team"].provider == provider.urn
    assert cluster.source == "__main__.py:32"


def test_an_update_is_made_in_place(engine: Engine) -> None:
    project = engine.program(NETWORK)
    project.up()
    project.edit("__main__.py", '{"team": "a"}', '{"team": "b"}')
    assert project.preview().changed() == {"net": "update"}
    change = project.up()
    assert change.changed() == {"net": "update"}
    assert change.step("net").detailed == {"tags.team": {"diffKind": "update", "inputDiff": True}}
    assert project.up().unchanged
    assert project.account.rows(VPC)[0].outputs["tagsAll"] == {"team": "b"}


def test_a_replacement_names_its_reason_and_goes_on_downstream(engine: Engine) -> None:
    project = engine.program(NETWORK)
    first = project.up().step("net")
    project.edit("__main__.py", "10.0.0.0/16", "10.0.0.0/20")
    change = project.up()
    assert change.changed() == {"net": "replace", "net-a": "replace", "net-b": "replace"}
    assert change.step("net").keys == ("cidrBlock",)
    assert first.urn == change.step("net").urn
    assert len(project.account.rows(VPC)) == 1


def test_a_thing_with_a_name_of_its_own_is_deleted_first(engine: Engine) -> None:
    source = """
        import pulumi_aws as aws
        aws.cloudwatch.LogGroup("fixed", name="/fixed", log_group_class="STANDARD")
        aws.cloudwatch.LogGroup("auto", log_group_class="STANDARD")
    """
    project = engine.program(source)
    project.up()
    project.write(source.replace("STANDARD", "INFREQUENT_ACCESS"))
    steps = project.up().steps
    assert [s.op for s in steps if s.name == "fixed"] == ["delete-replaced", "replace", "create-replacement"]
    assert [s.op for s in steps if s.name == "auto"] == ["create-replacement", "replace", "delete-replaced"]


def test_a_failure_half_way_is_finished_by_the_next_up(engine: Engine) -> None:
    project = engine.program(PLATFORM)
    project.fault("create", "aws:eks/nodeGroup:NodeGroup", message="no capacity")
    failed = project.up(check=False)
    assert not failed.ok
    assert "no capacity" in failed.errors
    assert any(row.id == "shop" for row in project.account.rows(CLUSTER))
    made = set(project.up().changed())
    assert made >= {"workers", "dns", "team", "web"}
    assert made <= {"workers", "dns", "team", "web", "k8s"}
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_a_thing_that_did_not_become_ready_is_kept_and_mended(engine: Engine) -> None:
    project = engine.program(PLATFORM)
    project.fault("create", "aws:eks/nodeGroup:NodeGroup", message="nodes are not ready", partial=True)
    failed = project.up(check=False)
    assert "nodes are not ready" in failed.errors
    state = {resource["urn"].split("::")[-1]: resource for resource in project.export()}
    assert state["workers"]["initErrors"] == ["nodes are not ready"]
    assert project.up().changed()["workers"] == "update"
    project.destroy()


def test_drift_is_found_by_a_refresh_and_mended_by_an_up(engine: Engine) -> None:
    project = engine.program(NETWORK)
    project.up()
    vpc = project.account.rows(VPC)[0]
    project.account.drift(VPC, vpc.id, tags={"team": "someone else"})
    assert project.up().unchanged
    project.refresh()
    assert project.preview().changed() == {"net": "update"}
    project.up()
    assert project.account.rows(VPC)[0].outputs["tags"] == {"team": "a"}


def test_a_typo_in_a_nested_key_is_refused(engine: Engine) -> None:
    project = engine.program(PLATFORM.replace('"endpoint_private_access"', '"endpoint_private_acess"'))
    plan = project.preview(check=False)
    assert "Invalid or unknown key; did you mean 'endpointPrivateAccess'?" in plan.errors
    assert "vpcConfig.endpoint_private_acess" in plan.errors


def test_a_vpc_with_subnets_in_it_is_not_deleted(engine: Engine) -> None:
    project = engine.program(NETWORK)
    project.up()
    stray = project.account.rows(VPC)[0]
    project.seed(SUBNET, "subnet-stray", vpcId=stray.id, cidrBlock="10.0.9.0/24")
    failed = project.destroy(check=False)
    assert f"DependencyViolation: The '{stray.id}' has dependencies and cannot be deleted" in failed.errors
    assert project.leftovers() == [f"{VPC} {stray.id}"]


def test_components_of_other_packages_bring_their_children(engine: Engine) -> None:
    pytest.importorskip("pulumi_eks")
    project = engine.program(COMPONENTS)
    settings = "kubernetes:core/v1:ConfigMap", "team:team/settings"
    # Of a component whose provider cannot be configured yet, a preview sees no children.
    assert settings not in {item.key for item in project.preview().registered}
    assert settings in {item.key for item in project.up().registered}
    assert project.outputs()["name"].startswith("shop-eksCluster-")
    assert project.up().unchanged
    project.destroy()
    assert project.leftovers() == []


def test_secrets_stay_secret_in_the_state(engine: Engine) -> None:
    project = engine.program(PLATFORM)
    project.up()
    state = {resource["urn"].split("::")[-1]: resource for resource in project.export()}
    assert "ciphertext" in state["k8s"]["inputs"]["kubeconfig"]


# A cluster with a fixed name is deleted before its successor is made, and what was in it is gone with it.
REPLACED = PLATFORM.replace("opts=inside", "opts=after.merge(inside, after(deleted_with=cluster))")


@pytest.mark.parametrize("identified", [True, False])
def test_what_was_in_a_replaced_cluster_is_let_go_with_it(engine: Engine, identified: bool) -> None:
    source = REPLACED if identified else REPLACED.replace(", cluster_identifier=cluster.endpoint", "")
    project = engine.program(source)
    project.up()
    network = 'kubernetes_network_config={"service_ipv4_cidr": "10.100.0.0/16"}'
    project.edit("__main__.py", '    name="shop",', f'    name="shop", {network},')
    assert project.up().changed()["shop"] == "replace"
    assert [row.id for row in project.account.rows("kubernetes:core/v1:Namespace")] == ["team"]
    project.destroy()
    assert project.leftovers() == []
