"""Add-ons of a whole platform: their order, what holds for all of them, and where they can run."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded
from tests.work import calls

CORE: dict[str, Any] = {name: {} for name in ("vpc_cni", "kube_proxy", "eks_pod_identity_agent", "coredns")}
NODES: dict[str, Any] = {"nodes": {"kind": "managed_nodes"}}
SYSTEM: dict[str, Any] = {
    "system": {
        "kind": "managed_nodes",
        "labels": {"role": "system"},
        "taints": [{"key": "system", "effect": "NO_SCHEDULE"}],
    },
    **NODES,
}
FARGATE: dict[str, Any] = {"fargate": {"selectors": [{"namespace": "*"}]}}
FORTY = [
    "aws_ebs_csi_driver",
    "aws_efs_csi_driver",
    "aws_load_balancer_controller",
    "cert_manager",
    "external_secrets",
    "external_dns",
    "metrics_server",
    "keda",
    "vpa",
    "goldilocks",
    "kyverno",
    "kyverno_policies",
    "argocd",
    "argo_rollouts",
    "argo_workflows",
    "argo_events",
    "kube_prometheus_stack",
    "loki",
    "tempo",
    "aws_for_fluent_bit",
    "opencost",
    "velero",
    "reloader",
    "falco",
    "trivy_operator",
    "polaris",
    "secrets_store_csi_driver",
    "secrets_store_csi_driver_provider_aws",
    "trust_manager",
    "istio_base",
    "istiod",
    "crossplane",
    "spark_operator",
    "kuberay_operator",
    "strimzi_kafka_operator",
    "snapshot_controller",
]
ZONES = {"zone_arns": ["arn:aws:route53:::hostedzone/Z0123456789ABC"]}


def args(addons: dict[str, Any], **fields: Any) -> BlueprintArgs:
    data = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": NODES, "addons": CORE | addons}
    return BlueprintArgs.model_validate(data | fields)


def platform(addons: dict[str, Any], **fields: Any) -> Recorded:
    spec = args(addons, **fields)
    return record(lambda: Blueprint("shop", spec))


def refused(addons: dict[str, Any], **fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        args(addons, **fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_what_has_a_webhook_is_ready_before_the_rest() -> None:
    names = ("keda", "kyverno", "cert_manager", "aws_load_balancer_controller", "aws_ebs_csi_driver")
    shop = platform({name: {} for name in names})
    order = [f"shop-{name.replace('_', '-')}-release" for name in names[:4]]
    for later, earlier in pairwise(order):
        shop.one(later).waits_for(earlier)
    shop.one(order[-1]).waits_for("shop-coredns-addon").waits_for("shop-aws-ebs-csi-driver-addon")


def test_the_work_of_a_check_grows_with_the_number_of_add_ons() -> None:
    def checked(count: int) -> int:
        repository = "https://charts.example.com"
        own = {"kind": "helm", "chart": "web", "version": "1.2.3", "repository": repository, "namespace": "shop"}
        addons = {f"web-{number}": own for number in range(count)}
        return calls(lambda: args(addons), builtin=True)

    checked(1)  # what is built once
    few, many = checked(100), checked(200)
    assert many < 2.1 * few


def test_what_an_early_one_requires_is_early_itself() -> None:
    shop = platform({"istiod": {}, "istio_base": {}, "keda": {}})
    shop.one("shop-istiod-release").waits_for("shop-istio-base-release")
    shop.one("shop-keda-release").waits_for("shop-istiod-release")


def test_what_comes_first_where_it_is_there_at_all() -> None:
    shop = platform({"opencost": {}, "kube_prometheus_stack": {}})
    shop.one("shop-opencost-release").waits_for("shop-kube-prometheus-stack-release")


def test_add_ons_run_on_the_nodes_that_are_kept_for_them() -> None:
    defaults = {"system_nodes": "system"}
    shop = platform(
        {"keda": {}, "reloader": {"node_selector": {"mine": "yes"}}}, compute=SYSTEM, addon_defaults=defaults
    )
    operator = shop.one("shop-keda-release")["values.operator"]
    assert operator["nodeSelector"] == {"role": "system"}
    assert {"key": "system", "operator": "Equal", "effect": "NoSchedule"} in operator["tolerations"]
    assert shop.one("shop-reloader-release")["values.reloader.deployment.nodeSelector"] == {"mine": "yes"}
    assert '"nodeSelector":{"role":"system"}' in shop.one("shop-coredns-addon")["configurationValues"]


def test_one_word_makes_all_of_them_fit_for_production() -> None:
    shop = platform({"keda": {}, "reloader": {"production": False}}, addon_defaults={"production": True})
    shop.one("shop-keda-release").has({"values.operator.replicaCount": 2})
    shop.one("shop-reloader-release").lacks("values.reloader")


def test_images_of_all_of_them_come_from_a_mirror() -> None:
    shop = platform({"keda": {}}, addon_defaults={"registry_mirrors": {"ghcr.io": "mirror.example.com/ghcr"}})
    shop.one("shop-keda-release").has({"values.image.keda.registry": "mirror.example.com/ghcr"})


def test_a_mirror_that_cannot_be_given_to_a_chart_is_told() -> None:
    spec = args({"emr_spark_operator": {}}, addon_defaults={"registry_mirrors": {"quay.io": "mirror.example.com/quay"}})
    told = [problem.message for problem in spec.warnings if problem.path[0] == "addon_defaults"]
    assert told == ["cannot be given to the charts of emr_spark_operator; use values"]


@pytest.mark.parametrize(("version", "told"), [("99.0.0", True), ("0.1.0", False), (None, False)])
def test_a_chart_newer_than_the_pin_is_told_with_what_was_not_checked(version: str | None, told: bool) -> None:
    chosen = {} if version is None else {"version": version}
    found = [str(problem) for problem in args({"keda": chosen}).warnings if problem.path[:2] == ("addons", "keda")]
    assert bool(found) is told
    if told:
        assert "its values, images and permissions were not checked" in found[0]


def test_one_word_changes_how_all_of_them_get_permissions() -> None:
    shop = platform(
        {"external_dns": ZONES, "velero": {"identity": "pod_identity"}}, addon_defaults={"identity": "irsa"}
    )
    assert "AssumeRoleWithWebIdentity" in shop.one("shop-external-dns-role")["assumeRolePolicy"]
    assert "pods.eks.amazonaws.com" in shop.one("shop-velero-role")["assumeRolePolicy"]


def test_on_fargate_alone_permissions_come_by_irsa() -> None:
    core = {"coredns": {"compute_type": "Fargate"}}
    data = {"compute": FARGATE, "addons": {**core, "external_dns": ZONES}}
    spec = BlueprintArgs.model_validate({"region": "eu-west-1", "cluster": {"version": "1.35"}} | data)
    shop = record(lambda: Blueprint("shop", spec)).none("PodIdentityAssociation")
    assert "AssumeRoleWithWebIdentity" in shop.one("shop-external-dns-role")["assumeRolePolicy"]


@pytest.mark.parametrize(
    ("addons", "fields", "message"),
    [
        ({"kyverno_policies": {}}, {}, "addons.kyverno_policies: requires kyverno; got addons without it"),
        ({"goldilocks": {}, "vpa": {}}, {}, "requires metrics_server"),
        ({"nvidia_gpu_operator": {}, "nvidia_device_plugin": {}}, {}, "cannot run beside nvidia_device_plugin"),
        (
            {"a": {"kind": "keda"}, "b": {"kind": "keda"}},
            {},
            "addons.b: can be on a cluster once; got a",
        ),
        (
            {"a": {"kind": "external_dns", **ZONES}, "b": {"kind": "external_dns", **ZONES}},
            {},
            (
                "addons.b.namespace: has the service account of a; "
                "got external-dns for both; use another namespace for one of them"
            ),
        ),
        ({"neuron": {}}, {"region": "cn-north-1"}, "is not available in partition aws-cn"),
        ({"falco": {}}, {"compute": FARGATE}, "cannot run on Fargate: it watches the kernel"),
        (
            {"keda": {}},
            {"compute": {"fargate": {"selectors": [{"namespace": "kube-system"}]}}},
            "runs in a namespace that no Fargate profile selects; got keda",
        ),
        ({"keda": {}}, {"addon_defaults": {"system_nodes": "sistem"}}, "no such compute"),
        ({"keda": {}}, {"addon_defaults": {"system_nodes": "nodes"}}, "without labels and taints"),
        ({"keda": {}}, {"addon_defaults": {"productoin": True}}, "did you mean production?"),
        ({"kedda": {}}, {}, "did you mean keda?"),
    ],
)
def test_what_is_refused(addons: dict[str, Any], fields: dict[str, Any], message: str) -> None:
    assert message in refused(addons, **fields)


def test_the_same_one_can_be_there_twice() -> None:
    shop = platform({"inner": {"kind": "external_dns", "namespace": "inner", **ZONES}, "external_dns": ZONES})
    assert {r["name"] for r in shop.all("kubernetes:helm.sh/v3:Release")} == {"inner", "external-dns"}


def test_what_auto_mode_brings_is_left_out_with_a_note() -> None:
    fields: dict[str, Any] = {"cluster": {"version": "1.35", "auto_mode": {}}, "compute": {}}
    addons = {"aws_load_balancer_controller": {}, "ingress_nginx": {}}
    spec = args(addons, **fields)
    assert any("EKS Auto Mode includes load balancing" in problem.message for problem in spec.warnings)
    shop = platform(addons, **fields).none("eks.Addon")
    assert [r.name for r in shop.all("kubernetes:helm.sh/v3:Release")] == ["shop-ingress-nginx-release"]


def test_beside_other_nodes_it_is_installed() -> None:
    shop = platform({}, cluster={"version": "1.35", "auto_mode": {}})
    assert len(shop.all("eks.Addon")) == 4


def test_forty_of_them_are_shown() -> None:
    addons = {name: ZONES if name == "external_dns" else {} for name in FORTY}
    shop = platform(addons).is_valid()
    assert len(addons) + len(CORE) == 40
    assert len([r for r in shop.all() if r.name.endswith(("-release", "-addon"))]) == 40


def test_argo_cd_installs_what_comes_after_it() -> None:
    addons = {"argocd": {}, "keda": {}, "cert_manager": {}, "external_dns": ZONES, "reloader": {"delivery": "helm"}}
    shop = platform(addons, addon_defaults={"delivery": "argocd"}).is_valid()
    direct = {r.name for r in shop.all("kubernetes:helm.sh/v3:Release")}
    assert direct == {"shop-argocd-release", "shop-cert-manager-release", "shop-reloader-release"}
    app = shop.one("shop-external-dns-release").waits_for("shop-argocd-release").waits_for("shop-external-dns-role")
    app.has({"kind": "Application", "spec.source.targetRevision": "1.21.1", "metadata.namespace": "argocd"})
    assert app["spec.source.helm.valuesObject.policy"] == "upsert-only"


def test_flux_installs_what_comes_after_it() -> None:
    addons = {"fluxcd": {}, "keda": {}, "grafana_operator": {}}
    shop = platform(addons, addon_defaults={"delivery": "flux"}).is_valid()
    assert [r.name for r in shop.all("kubernetes:helm.sh/v3:Release")] == ["shop-fluxcd-release"]
    shop.one("shop-keda-release").has({"kind": "HelmRelease", "spec.chart.spec.version": "2.20.2"})
    shop.one("shop-grafana-operator-release-repository").has({"spec.type": "oci"})
    shop.one("shop-keda-release").waits_for("shop-keda-release-repository").waits_for("shop-fluxcd-release")


GIT = {"by": "argocd", "repository": "https://github.com/acme/manifests", "path": "eu", "revision": "v2"}
WEB = {"web": {"kind": "deployment", "namespace": "shop", "image": "a.b/web:1"}}


def test_a_repository_brings_what_comes_after_argo_cd_and_the_workloads() -> None:
    addons = {"argocd": {}, "keda": {}, "cert_manager": {}, "external_dns": ZONES, "reloader": {"delivery": "helm"}}
    more: dict[str, Any] = {"namespaces": {"shop": {}}, "workloads": WEB}
    shop = platform(addons, addon_defaults={"delivery": GIT}, **more).is_valid()
    direct = {r.name for r in shop.all("kubernetes:helm.sh/v3:Release")}
    assert direct == {"shop-argocd-release", "shop-cert-manager-release", "shop-reloader-release"}
    shop.none("kubernetes:apps/v1:Deployment")
    app = shop.one("shop-gitops-application").waits_for("shop-argocd-release").waits_for("shop-external-dns-role")
    app.waits_for("shop-namespace-shop-namespace")
    app.has({"spec.source.path": "eu/clusters/dev", "spec.source.targetRevision": "v2", "metadata.namespace": "argocd"})
    assert app["spec.syncPolicy.automated"] == {"prune": True, "selfHeal": True}
    assert app["metadata.finalizers"] == ["resources-finalizer.argocd.argoproj.io"]


CAPABILITY = {
    "idc_instance_arn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
    "access_policies": [{"policy": "cluster_admin"}],
}


@pytest.mark.parametrize("delivery", ["argocd", GIT], ids=["objects", "git"])
def test_the_capability_delivers_to_its_own_cluster_by_name(delivery: Any) -> None:
    addons = {"argocd_capability": CAPABILITY, "keda": {}}
    shop = platform(addons, addon_defaults={"delivery": delivery}).is_valid()
    shop.none("kubernetes:helm.sh/v3:Release")
    app = shop.one("kubernetes:argoproj.io/v1alpha1:Application").waits_for("shop-argocd-capability-in-cluster")
    assert app["spec.destination"]["name"] == "in-cluster"
    assert "server" not in app["spec.destination"]


@pytest.mark.parametrize("kind", ["ack", "kro"])
def test_a_capability_has_rights_on_its_cluster_beside_those_of_eks(kind: str) -> None:
    policies = [{"policy": "admin", "namespaces": ["shop"]}, {"policy": "view"}]
    shop = platform({f"{kind}_capability": {"access_policies": policies}}).is_valid()
    found = {each.name: each for each in shop.all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")}
    begin = f"shop-{kind}-capability-access-"
    admin = found[f"{begin}AmazonEKSAdminPolicy"].waits_for(f"shop-{kind}-capability-capability")
    assert admin["accessScope"] == {"type": "namespace", "namespaces": ["shop"]}
    assert admin["principalArn"] == f"${{shop-{kind}-capability-role.arn}}"
    assert found[f"{begin}AmazonEKSViewPolicy"]["policyArn"].endswith(":cluster-access-policy/AmazonEKSViewPolicy")
    shop.none("aws:eks/accessEntry:AccessEntry")


def test_flux_reads_a_repository_with_its_secret() -> None:
    delivery = {"by": "flux", "repository": "ssh://git@github.com/acme/manifests", "secret": "deploy-key"}
    shop = platform({"fluxcd": {}, "keda": {}}, addon_defaults={"delivery": delivery}).is_valid()
    source = shop.one("shop-gitops-repository").has({"spec.ref.branch": "main", "spec.secretRef.name": "deploy-key"})
    assert source["spec.url"] == "ssh://git@github.com/acme/manifests"
    shop.one("shop-gitops-kustomization").waits_for("shop-gitops-repository").has({"spec.path": "./flux/dev"})


@pytest.mark.parametrize(
    ("delivery", "message"),
    [
        ({"by": "argocd"}, "addon_defaults.delivery.repository: is required"),
        ({"repository": "https://a.b/c"}, "addon_defaults.delivery.by: is required"),
        ({**GIT, "by": "argo"}, "addon_defaults.delivery.by: is not one of the allowed values"),
        ({**GIT, "repository": "git.acme.example"}, "addon_defaults.delivery.repository: does not have the right form"),
        ({**GIT, "path": "../up"}, "addon_defaults.delivery.path: is no folder in the repository"),
        ({**GIT, "path": "/up"}, "addon_defaults.delivery.path: is no folder in the repository"),
        ({**GIT, "by": "flux"}, "addon_defaults.delivery: needs fluxcd on the cluster"),
        ("git", "addon_defaults.delivery: is not one of the allowed values"),
        (None, "addon_defaults.delivery: is not one of the allowed values"),
    ],
)
def test_a_delivery_that_is_none(delivery: Any, message: str) -> None:
    assert message in refused({"argocd": {}}, addon_defaults={"delivery": delivery})


def test_a_secret_outside_of_secrets_cannot_come_from_git() -> None:
    web = {"web": {**WEB["web"], "env": {"TOKEN": {"secret": "token"}}}}
    message = "workloads.web.env.TOKEN: would be stored in plain text in the Git repository, unless it is in secrets of"
    more: dict[str, Any] = {"namespaces": {"shop": {}}, "workloads": web}
    assert message in refused({"argocd": {}}, addon_defaults={"delivery": GIT}, **more)


@pytest.mark.parametrize(
    ("addons", "message"),
    [
        ({"keda": {}}, "addon_defaults.delivery: needs argocd on the cluster; got addons without it; add argocd: {}"),
        (
            {"argocd": {}, "datadog": {"secret_values": {"datadog.apiKey": {"secret": "key"}}}},
            "addons.datadog.secret_values: would be stored in plain text in an object of argocd",
        ),
    ],
)
def test_what_argo_cd_cannot_carry(addons: dict[str, Any], message: str) -> None:
    assert message in refused(addons, addon_defaults={"delivery": "argocd"})


def test_a_capability_without_rights_delivers_nothing() -> None:
    addons = {"argocd_capability": {**CAPABILITY, "access_policies": []}}
    message = (
        "addons.argocd_capability.access_policies: is required where it deploys to its own cluster "
        "(addon_defaults.delivery); got none; write access_policies: [{policy: cluster_admin}]"
    )
    assert message in refused(addons, addon_defaults={"delivery": "argocd"})


@pytest.mark.parametrize(
    ("version", "what"),
    [
        ("v1.35.0-eksbuild.2", ""),
        ("v1.32.6-eksbuild.12", ""),
        ("v1.36.0-eksbuild.2", "addons.kube_proxy.version: is newer than the cluster's; got v1.36.0-eksbuild.2 with"),
        ("v1.31.3-eksbuild.2", "addons.kube_proxy.version: is too far behind the cluster's"),
    ],
)
def test_kube_proxy_goes_with_its_kubernetes(version: str, what: str) -> None:
    addons = CORE | {"kube_proxy": {"version": version}}
    fields = {"region": "eu-west-1", "cluster": {"version": "1.35"}, "compute": NODES, "addons": addons}
    try:
        BlueprintArgs.model_validate(fields)
        found = []
    except ValidationError as error:
        found = [str(problem) for problem in problems_of(error)]
    assert [text.startswith(what) for text in found] == ([True] if what else [])


@pytest.mark.parametrize(
    ("reader", "fields", "expected"),
    [
        (
            "grafana",
            {},
            {'values.datasources["datasources.yaml"].datasources[0].url': "http://{name}.monitoring.svc:{port}"},
        ),
        (
            "prometheus_adapter",
            {},
            {"values.prometheus.url": "http://{name}.monitoring.svc", "values.prometheus.port": "{port}"},
        ),
        (
            "opencost",
            {},
            {
                "values.opencost.prometheus.internal.serviceName": "{name}",
                "values.opencost.prometheus.internal.namespaceName": "monitoring",
                "values.opencost.prometheus.internal.port": "{port}",
            },
        ),
        (
            "kiali_operator",
            {"values": {"cr": {"create": True}}},
            {"values.cr.spec.external_services.prometheus.url": "http://{name}.monitoring.svc:{port}"},
        ),
    ],
)
@pytest.mark.parametrize(
    ("stack", "name", "port"),
    [
        # As its chart names the Service in a render of Helm.
        ({}, "kube-prometheus-stack-prometheus", 9090),
        (
            {"values": {"fullnameOverride": "metrics", "prometheus": {"service": {"port": 80}}}},
            "metrics-prometheus",
            80,
        ),
    ],
)
def test_who_reads_metrics_is_told_the_platforms_prometheus(  # noqa: PLR0917 - pytest passes each by name
    reader: str, fields: dict[str, Any], expected: dict[str, str], stack: dict[str, Any], name: str, port: int
) -> None:
    addons = {"kube_prometheus_stack": stack, reader: fields, "istio_base": {}, "istiod": {}}
    release = platform(addons).one(f"shop-{reader.replace('_', '-')}-release")
    for path, text in expected.items():
        assert str(release[path]) == text.format(name=name, port=port), release["values"]
