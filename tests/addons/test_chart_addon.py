"""What every add-on from a chart can do, and the kinds for anything else."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from eks_blueprints import BlueprintArgs
from eks_blueprints.addons.argocd import Argocd
from eks_blueprints.addons.argocd_capability import ArgocdCapability
from eks_blueprints.addons.aws_for_fluent_bit import AwsForFluentBit
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.eks_addon import EksAddon
from eks_blueprints.addons.external_dns import ExternalDns
from eks_blueprints.addons.helm import Helm
from eks_blueprints.addons.keda import Keda
from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack
from eks_blueprints.addons.kuma import Kuma
from eks_blueprints.addons.manifests import Manifests
from eks_blueprints.addons.storage_classes import StorageClasses
from eks_blueprints.addons.trino import Trino
from eks_blueprints.addons.velero import Velero
from eks_blueprints.blueprint.blueprint import Blueprint
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded, Resource
from tests.builders import recorded

ZONE = "arn:aws:route53:::hostedzone/Z0123456789ABC"
POLICY = "arn:aws:iam::111122223333:policy/jobs"
ROLE = "arn:aws:iam::111122223333:role/dns"
RELEASE = "kubernetes:helm.sh/v3:Release"
PODINFO: dict[str, Any] = {
    "chart": "podinfo",
    "version": "6.9.0",
    "repository": "oci://ghcr.io/stefanprodan/charts",
    "namespace": "podinfo",
}


def installed(addon: AddOn, **cluster: Any) -> Recorded:
    return recorded(addon.install, **cluster)


def release(addon: AddOn, **cluster: Any) -> Resource:
    return installed(addon, **cluster).one(RELEASE)


def dns(**fields: Any) -> ExternalDns:
    return ExternalDns.model_validate({"zone_arns": [ZONE]} | fields)


def problems(kind: type[AddOn], **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(fields)
    return str(caught.value)


def test_it_waits_for_its_permissions_and_its_association() -> None:
    plan = installed(dns())
    for name in ("role-policy", "identity-external-dns"):
        plan.one(RELEASE).waits_for(f"shop-external-dns-{name}")


def test_its_version_and_its_repository_can_be_others() -> None:
    found = release(dns(version="1.20.0", repository="oci://registry.acme.example/charts"))
    found.has(chart="oci://registry.acme.example/charts/external-dns", version="1.20.0").lacks("repositoryOpts")


def test_a_private_repository_gets_a_password_that_no_plan_shows() -> None:
    def program(cluster: Any) -> None:
        login = {"username": "ci", "password": pulumi.Output.secret("hunter2")}
        dns(repository="https://charts.acme.example", repository_login=login).install(cluster)

    plan = recorded(program)
    assert "hunter2" not in plan.plan.to_json()
    assert plan.one(RELEASE)["repositoryOpts"]["repo"] == "https://charts.acme.example"


def test_a_password_is_not_written_down() -> None:
    login = {"username": "ci", "password": "hunter2"}
    assert "is stored in plain text" in problems(ExternalDns, zone_arns=[ZONE], repository_login=login)


def test_a_secret_value_comes_from_the_settings_and_is_shown_nowhere() -> None:
    fields = {"kind": "datadog", "secret_values": {"datadog.apiKey": {"secret": "datadog"}}}
    data = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": {"nodes": {"kind": "managed_nodes"}}}
    core = ("vpc_cni", "kube_proxy", "coredns", "eks_pod_identity_agent")
    data["addons"] = {**{name: {} for name in core}, "datadog": fields}
    args = BlueprintArgs.model_validate(data)
    config = {"datadog": "0123456789abcdef"}
    plan = record(lambda: Blueprint("shop", args), config=config, secret_config_keys=["datadog"])
    assert "0123456789abcdef" not in plan.plan.to_json()
    assert "apiKey" in json.dumps(plan.one("shop-datadog-release").inputs["values"], default=str)


def test_values_win_over_defaults_and_are_not_said_twice() -> None:
    assert release(dns(values={"txtOwnerId": "me"}))["values.txtOwnerId"] == "me"
    text = problems(ExternalDns, zone_arns=[ZONE], policy="sync", values={"policy": "upsert-only"})
    assert "values.policy" in text
    assert "is also set by a field" in text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"version": "^1.0"}, "is not an exact version of a chart"),
        ({"version": "latest"}, "is not an exact version of a chart"),
        ({"version": "v1.20.4-eksbuild.2"}, "is the build of an EKS add-on, not the version of a chart"),
        ({"repository": "http://charts.example.com"}, "is not a repository of charts"),
        ({"namespace": "Not Good"}, "is not a valid name of a namespace"),
        ({"registry_mirrors": {"https://quay.io": "mirror"}}, "is not a valid registry of images"),
        ({"values": {"a": float("inf")}}, "is not a number that JSON knows"),
        ({"zone_arns": []}, "needs at least 1 entry"),
        ({"zone_arns": ["Z0123456789ABC"]}, "is not a valid ARN of a hosted zone"),
        ({"interval": "often"}, "does not have the right form"),
        ({"production": True}, "is not supported by this chart"),
        ({"service_account_role_arn": ROLE, "policy_arns": {"more": POLICY}}, "is an existing role; got policies"),
        ({"sync": True}, "no such field"),
        ({"secret_values": {"a": "text"}}, "is stored in plain text; got text; write {secret: key}"),
        ({"secret_values": {"": {"secret": "k"}}}, "is not a valid path in values"),
        ({"secret_values": {"a": {"secret": "k"}, "a.b": {"secret": "k"}}}, "is inside another one of these"),
        ({"secret_values": {"policy": {"secret": "k"}}}, "is also set in values or by a field"),
        ({"policy_arns": {"A b": POLICY}}, "is not a valid short name"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], message: str) -> None:
    assert message in problems(ExternalDns, **{"zone_arns": [ZONE]} | fields)


def test_a_role_that_is_there_is_used() -> None:
    plan = installed(dns(service_account_role_arn=ROLE)).none("iam.Role")
    plan.one("PodIdentityAssociation").has(roleArn=ROLE, namespace="external-dns", serviceAccount="external-dns")


def test_it_gets_a_role_only_where_it_is_given_something_to_do() -> None:
    installed(Keda()).none("iam.Role")
    plan = installed(Keda(policy_arns={"jobs": POLICY}, permissions_boundary=POLICY))
    plan.one("RolePolicyAttachment").has(policyArn=POLICY)
    plan.one("iam.Role").has(permissionsBoundary=POLICY)


def test_an_add_on_without_a_role_takes_no_identity() -> None:
    assert "calls no AWS service" in problems(Keda, identity="irsa")


def test_a_mirror_of_docker_hub_has_images_that_name_no_host() -> None:
    velero = release(Velero(registry_mirrors={"docker.io": "mirror.example.com/hub"}))
    assert velero["values.initContainers[0].image"].startswith("mirror.example.com/hub/velero/velero-plugin-for-aws:")
    trino = release(Trino(registry_mirrors={"docker.io": "mirror.example.com/hub"}))
    trino.has({"values.image.repository": "mirror.example.com/hub/trinodb/trino"})


def test_crds_apart_come_first_and_stay() -> None:
    plan = installed(KubePrometheusStack())
    crds = plan.one("shop-kube-prometheus-stack-crds")
    crds.has({"chart": "prometheus-operator-crds"})
    assert crds["values.crds.annotations"] == {"helm.sh/resource-policy": "keep"}
    plan.one("shop-kube-prometheus-stack-release").has(skipCrds=True).waits_for(crds)


def test_what_makes_nothing_outside_goes_with_the_cluster() -> None:
    plan = installed(Keda())
    assert plan.one(RELEASE).planned.options["deleted_with"] == plan.one("shop-cluster").urn
    assert "deleted_with" not in release(dns()).planned.options
    assert "deleted_with" not in release(Keda(deleted_with_cluster=False)).planned.options


def test_velero_makes_a_bucket_that_outlives_it_unless_one_is_named() -> None:
    plan = installed(Velero())
    for bucket in plan.all(name="velero-bucket"):
        bucket.has_option(retain_on_delete=True)
    plan.one(RELEASE).waits_for("shop-velero-bucket-private")
    assert release(Velero(bucket="backups"))["values.configuration.backupStorageLocation[0].bucket"] == "backups"


def test_fluent_bit_writes_where_it_is_told_and_to_cloudwatch_otherwise() -> None:
    plan = installed(AwsForFluentBit())
    plan.one("LogGroup").has(retentionInDays=90)
    plan.one(RELEASE).has({"values.cloudWatchLogs.enabled": True, "values.cloudWatchLogs.autoCreateGroup": False})
    other = installed(AwsForFluentBit.model_validate({"s3": {"bucket": "logs"}})).none("LogGroup")
    other.one(RELEASE).has({"values.cloudWatchLogs.enabled": False, "values.s3.bucket": "logs"})


def test_the_admins_password_of_argo_cd_is_shown_nowhere() -> None:
    plan = recorded(lambda c: Argocd(admin_password_bcrypt=pulumi.Output.secret("$2a$10$abc")).install(c))
    assert "$2a$10$abc" not in plan.plan.to_json()


def test_any_chart() -> None:
    found = release(Helm.model_validate(PODINFO | {"values": {"replicaCount": 2}}))
    found.has(chart="oci://ghcr.io/stefanprodan/charts/podinfo", version="6.9.0", values={"replicaCount": 2})


def test_the_pods_of_any_chart_get_a_role() -> None:
    fields = PODINFO | {"service_account_name": "podinfo", "policy_arns": {"jobs": POLICY}}
    installed(Helm.model_validate(fields)).one("PodIdentityAssociation").has(serviceAccount="podinfo")
    at = {"identity": "irsa", "service_account_annotations_at": "serviceAccount.annotations"}
    annotations = release(Helm.model_validate(fields | at))["values.serviceAccount.annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": "${shop-helm-role.arn}"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"service_account_name": "podinfo"}, "gets a role without permissions"),
        ({"version": "~6"}, "is not an exact version"),
        ({"policy_arns": {"jobs": POLICY}}, "calls no AWS service"),
        (
            {"service_account_name": "podinfo", "policy_arns": {"jobs": POLICY}, "identity": "irsa"},
            "is needed with identity irsa",
        ),
    ],
)
def test_what_any_chart_refuses(fields: dict[str, Any], message: str) -> None:
    assert message in problems(Helm, **PODINFO | fields)


def test_any_add_on_of_eks() -> None:
    fields = {"addon_name": "teleport_teleport", "service_account_name": "teleport", "policy_arns": {"jobs": POLICY}}
    addon = installed(EksAddon.model_validate(fields)).one("eks.Addon")
    addon.has(addonName="teleport_teleport")
    assert addon["podIdentityAssociations[0].serviceAccount"] == "teleport"


def test_any_objects_namespaces_first() -> None:
    objects = {
        "quota": {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q", "namespace": "shop"}},
        "shop": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
        "thing": {"apiVersion": "acme.io/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"size": 3}},
    }
    plan = installed(Manifests(manifests=objects))
    plan.one("kubernetes:core/v1:ResourceQuota").waits_for("shop-manifests-shop")
    plan.one("kubernetes:acme.io/v1:Thing").has(spec={"size": 3})


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "apiVersion"),
        ({"apiVersion": "v1", "kind": "ConfigMap"}, "needs a name"),
        (
            {"apiVersion": "v1", "kind": "List", "items": [{"kind": "ConfigMap"}]},
            "write each object under a name of its own",
        ),
        ({"apiVersion": "v1", "kind": "PodList", "items": []}, "is a list, and no object that is created"),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {1: "x"}},
            "needs text as its key",
        ),
    ],
)
def test_objects_that_are_none(manifest: Any, message: str) -> None:
    assert message in problems(Manifests, manifests={"a": manifest})


def test_storage_classes_are_encrypted_and_one_is_the_default() -> None:
    gp3 = installed(StorageClasses()).one("kubernetes:storage.k8s.io/v1:StorageClass")
    gp3.has(provisioner="ebs.csi.aws.com", volumeBindingMode="WaitForFirstConsumer")
    assert gp3["parameters"] == {"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"}
    auto = installed(StorageClasses(), auto_mode=True).one("kubernetes:storage.k8s.io/v1:StorageClass")
    auto.has(provisioner="ebs.csi.eks.amazonaws.com")


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ({"a": {"default": True}, "b": {"default": True}}, "is for one class only"),
        ({"a": {"ebs": {"type": "io2"}}}, "is needed with type io2"),
        ({"a": {"ebs": {"type": "gp2", "throughput": 200}}}, "is for gp3"),
        ({"a": {"ebs": {}, "efs": {"file_system_id": "fs-1"}}}, "cannot be combined with ebs"),
        ({"A b": {}}, "is not a valid short name"),
        ({}, "needs at least 1 entry"),
    ],
)
def test_storage_classes_that_are_none(classes: Any, message: str) -> None:
    assert message in problems(StorageClasses, classes=classes)


def test_a_capability_has_a_role_that_eks_takes_on() -> None:
    fields = {
        "idc_instance_arn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
        "role_mappings": [{"role": "ADMIN", "groups": ["94482488-3041-7054-5a91-000000000000"]}],
    }
    plan = installed(ArgocdCapability.model_validate(fields))
    plan.one("eks.Capability").has(type="ARGOCD", capabilityName="argocd-capability").waits_for("Role")
    assert "capabilities.eks.amazonaws.com" in plan.one("iam.Role")["assumeRolePolicy"]


@pytest.mark.parametrize("image", ["{{ .Values }}", "https://quay.io/a", "a b", "a:", "", "Velero", "a@sha256:12"])
def test_an_image_that_is_none(image: str) -> None:
    least = {"bucket": "backups", "plugin_image": image}
    assert "is not a valid image" in problems(Velero, **least)


@pytest.mark.parametrize("image", ["a", "localhost:5000/a", "MY.example.com:5000/a/b_c:1.2-3@sha256:" + "0" * 64])
def test_an_image(image: str) -> None:
    assert Velero.model_validate({"bucket": "backups", "plugin_image": image}).plugin_image == image


def test_an_egress_is_in_a_zone() -> None:
    assert "is for mode zone; got mode global; remove one of them" in problems(Kuma, mode="global", egress=True)
    assert Kuma(mode="zone", egress=True).egress
