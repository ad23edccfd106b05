# ruff: noqa: E501 - a line for each slip
"""Objects written down in the manifests add-on: each slip is told at its line, and nothing that is right is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.spec import Reference
from eks_blueprints.kubernetes import check
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of
from eks_blueprints.review.preview.targets import stack_target
from eks_blueprints.stackfile.settle import checked
from tests.test_one_verdict import by_check, by_preview
from tests.work import calls

HEAD = """region: eu-west-1
cluster: {version: "1.35"}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  objs:
    kind: manifests
    manifests:
"""
POD = {"containers": [{"name": "web", "image": "nginx:1"}]}
LABELS = {"app": "web"}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
META = {"name": "web", "namespace": "default"}


def pod(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": META, "spec": {**POD, **spec}}


def container(**fields: Any) -> dict[str, Any]:
    return pod(containers=[{"name": "web", "image": "nginx:1", **fields}])


def deployment(**spec: Any) -> dict[str, Any]:
    full = {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": POD}, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": META, "spec": full}


def job(**spec: Any) -> dict[str, Any]:
    return {"template": {"spec": {**POD, "restartPolicy": "Never", **spec}}}


def cron_job(schedule: Any) -> dict[str, Any]:
    spec = {"schedule": schedule, "jobTemplate": {"spec": job()}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": META, "spec": spec}


def thing(version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": META, **fields}


def told(manifest: dict[str, Any], *others: dict[str, Any], minor: int | None = 35) -> list[str]:
    found = check.Checked()
    check.check(manifest, of(minor), Definitions(others), found)
    return [str(problem) for problem in found.problems]


CRD = thing(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    metadata={"name": "baskets.shop.example.com"},
    spec={
        "group": "shop.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Basket", "plural": "baskets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["size"],
                                "properties": {
                                    "size": {"type": "integer", "minimum": 1},
                                    "colour": {"type": "string", "enum": ["red", "green"]},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
)
BASKET = thing("shop.example.com/v1", "Basket", spec={"size": 1, "port": "http", "free": {"a": [1]}, "labels": {}})


@pytest.mark.parametrize(
    ("manifest", "finding"),
    [
        (container(prots=[]), 'spec.containers[0].prots: no such field; got "prots"; did you mean ports?'),
        (pod(containers={}), "spec.containers: needs a list; got {}"),
        (pod(containers=[]), "spec.containers: needs at least one container"),
        (container(image=None), "spec.containers[0].image: is required"),
        (container(imagePullPolicy="always"), "imagePullPolicy: is not one of the allowed values; got \"always\"; did you"),
        (container(ports=[{"containerPort": "80"}]), "ports[0].containerPort: needs a whole number; got \"80\""),
        (container(ports=[{"containerPort": 65536}]), "ports[0].containerPort: is out of range"),
        (container(ports=[{"containerPort": 1, "name": "TooLongForAPortName"}]), "ports[0].name: is not a valid name of a port"),
        (container(tty="yes"), "tty: needs true or false; got \"yes\""),
        (container(env=[{"name": "A", "value": 5}]), "env[0].value: needs text; got a number; put it in quotes"),
        (container(resources={"limits": {"memory": "1GB"}}), "limits.memory: is not a valid quantity; got \"1GB\"; did you mean 1G?"),
        (container(resources={"limits": {"cpu": 1}, "requests": {"cpu": "1500m"}}), "requests.cpu: is more than its limit"),
        (container(volumeMounts=[{"name": "a", "mountPath": "/"}]), "volumeMounts[0].name: names no volume of the pod"),
        (pod(containers=[*POD["containers"], *POD["containers"]]), "containers[1].name: is already used by another container"),
        (pod(volumes=[{"name": "a"}, {"name": "a"}]), "volumes[1].name: is already used by another volume"),
        (deployment(replicas="three"), 'spec.replicas: needs a whole number; got "three"'),
        (deployment(replicas=1.5), "spec.replicas: needs a whole number; got 1.5"),
        (deployment(replicas=True), "spec.replicas: needs a whole number; got true"),
        (deployment(replicas=-1), "spec.replicas: is out of range"),
        (deployment(replicas=2**31), "spec.replicas: is too large"),
        (deployment(selector={"matchLabels": {"app": "x"}}), 'selector.matchLabels.app: selects none of its own pods; got "x"'),
        (deployment(selector={"matchLabels": {"b": "x"}}), "selects none of its own pods; got a template without label b"),
        (deployment(selector={}), "spec.selector: selects nothing that is known"),
        (deployment(selector=None), "spec.selector: is required; got nothing"),
        (
            deployment(selector={"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}),
            "spec.selector.matchExpressions[0]: selects none of its own pods",
        ),
        (deployment(strategy={"rollingUpdate": {"maxSurge": "half"}}), "rollingUpdate.maxSurge: is not a valid share"),
        (container(livenessProbe={"httpGet": {"port": "a b"}}), "httpGet.port: is not a valid name of a port"),
        (container(livenessProbe={"tcpSocket": {"port": 0}}), "tcpSocket.port: is out of range; got 0; use 1 to 65535"),
        (thing("policy/v1", "PodDisruptionBudget", spec={"minAvailable": 1, "maxUnavailable": 1}), "cannot be combined with minAv"),
        (deployment(strategy={"type": "Rolling"}), "strategy.type: is not one of the allowed values"),
        (thing("apps/v1", "Deploymnet"), 'kind: no such kind; got "Deploymnet"; did you mean Deployment?'),
        (thing("v1", "Deployment"), 'apiVersion: has no kind Deployment; got "v1"; did you mean apps/v1?'),
        (thing("app/v1", "Deployment"), "apiVersion: has no kind Deployment; got \"app/v1\"; did you mean apps/v1?"),
        (thing("networking.k8s.oi/v1", "Ingress"), "did you mean networking.k8s.io/v1?"),
        (thing("extensions/v1beta1", "Ingress"), "was removed in Kubernetes 1.22; got extensions/v1beta1 Ingress; use netw"),
        (thing("policy/v1beta1", "PodSecurityPolicy"), "was removed in Kubernetes 1.25; got policy/v1beta1 PodSec"),
        (thing("v1", "Namespace", metadata={"name": "Shop_A"}), "metadata.name: can contain only lower-case letters"),
        (thing("v1", "Service", metadata={"name": "a.b"}, spec={"ports": [{"port": 1}]}), "metadata.name: can contain only"),
        (thing("v1", "ConfigMap", metadata={"name": "a", "labels": {"a b": "c"}}), 'metadata.labels["a b"]: a key can contain'),
        (thing("v1", "ConfigMap", metadata={"name": "a", "labels": {"a": "c d"}}), "metadata.labels.a: a label's value"),
        (thing("v1", "ConfigMap", metadata={"name": "a", "labels": {"a": 1}}), "metadata.labels.a: needs text; got 1"),
        (thing("v1", "ConfigMap", data={"a b": "c"}), 'data["a b"]: is not a valid key of data'),
        (thing("v1", "ConfigMap", data={"a": 1}), "data.a: needs text; got a number"),
        (thing("v1", "ConfigMap", dta={}), 'dta: no such field; got "dta"; did you mean data?'),
        (cron_job("*/1 * * * 99"), "spec.schedule: is not a valid day of the week"),
        (cron_job("daily"), "spec.schedule: needs five fields"),
        (thing("batch/v1", "Job", spec=job(restartPolicy="Always")), "template.spec.restartPolicy: must be OnFailure or"),
        (thing("v1", "Service", spec={"ports": [{"port": 1}, {"port": 2}]}), "spec.ports[0].name: is required with sev"),
        (thing("v1", "Service", spec={"type": "Loadbalancer"}), "spec.type: is not one of the allowed values"),
        ({**thing("v1", "List"), "items": [container(prots=[])]}, "items[0].spec.containers[0].prots: no such field"),
        ({**thing("v1", "PodList"), "items": [{"spec": {"x": 1}}]}, "items[0].spec.x: no such field"),
    ],
)  # fmt: skip
def test_a_slip_is_told(manifest: dict[str, Any], finding: str) -> None:
    assert any(finding in each for each in told(manifest)), told(manifest)


@pytest.mark.parametrize(
    "manifest",
    [
        pod(),
        pod(nodeSelector=None, tolerations=[], terminationGracePeriodSeconds=30.0),
        container(resources={"requests": {"cpu": 0.5, "memory": "1.5Gi", "nvidia.com/gpu": 1}, "limits": {"cpu": "2e0", "nvidia.com/gpu": 1}}),
        container(livenessProbe={"httpGet": {"path": "/", "port": "http"}}, ports=[{"containerPort": 80, "name": "http"}]),
        container(readinessProbe={"httpGet": {"path": "/", "port": 80}}, imagePullPolicy=""),
        deployment(replicas=None, strategy={"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}),
        {**deployment(), "status": {"whatever": [1]}},
        deployment(replicas=Reference(config="replicas")),
        cron_job("@hourly"),
        cron_job("@every 1h30m"),
        cron_job("0 9 * * mon-fri"),
        thing("v1", "Secret", type="Opaque", data={"a": "YQ=="}, stringData={"b": "c"}),
        thing("v1", "Service", spec={"clusterIP": "None", "selector": LABELS}),
        thing("v1", "Service", spec={"type": "ExternalName", "externalName": "a.b"}),
        thing("v1", "ServiceAccount", metadata={"name": "a", "creationTimestamp": None, "annotations": {"a.b/c": "x y"}}),
        thing("rbac.authorization.k8s.io/v1", "ClusterRole", metadata={"name": "system:a:B"}, rules=None),
        thing("v1", "ReplicationController", spec={"template": {"metadata": {"labels": LABELS}, "spec": POD}}),
        thing("example.com/v1", "Certificate", spec={"anything": 1}),
        thing("networking.istio.io/v1", "Gateway", spec={}),
        thing("serving.knative.dev/v1", "Service", spec={"template": {}}),
        CRD,
        {"apiVersion": "v1", "kind": "List", "items": []},
        {
            **deployment(serviceName="a", volumeClaimTemplates=[{"metadata": {"name": "data"}, "spec": CLAIM}], template={
                "metadata": {"labels": LABELS},
                "spec": {"containers": [{"name": "a", "image": "b", "volumeMounts": [{"name": "data", "mountPath": "/"}]}]},
            }),
            "kind": "StatefulSet",
        },
    ],
    ids=str,
)  # fmt: skip
def test_what_an_api_server_takes_is_taken(manifest: dict[str, Any]) -> None:
    assert told(manifest) == []


def test_a_field_is_known_by_the_minors_that_have_it() -> None:
    subject = container(restartPolicyRules=[])
    assert told(subject, minor=35) == []
    (found,) = told(subject, minor=33)
    assert "no such field: it is new in Kubernetes 1.34; got a cluster of 1.33" in found


def test_a_minor_that_is_newer_than_the_table_may_have_more() -> None:
    assert told(container(brandNew=1), thing("apps/v2", "Deployment"), minor=60) == []
    assert told(deployment(replicas="three"), minor=60)


def test_a_custom_resource_is_checked_by_the_definition_beside_it() -> None:
    assert told(BASKET, CRD) == []
    wrong = {"sise": 1, "colour": "rad", "port": 1.5, "labels": {"a": 1}}
    assert told({**BASKET, "spec": wrong}, CRD) == [
        'spec.sise: no such field; got "sise"; did you mean size?',
        'spec.colour: is not one of the allowed values; got "rad"; did you mean red?',
        "spec.port: needs a whole number or text; got 1.5; write one of them",
        'spec.labels.a: needs text; got 1; quote it: "1"',
        "spec.size: is required; got nothing; add it",
    ]
    assert told({**BASKET, "spec": {"size": 0}}, CRD) == ["spec.size: is too small; got 0; use at least 1"]


@pytest.mark.parametrize("data", [{"k": "pl4in!"}, {"k": 12345}, {"k": {"pl4in": "pl4in"}}, "pl4in", ["pl4in"]])
@pytest.mark.parametrize("field", ["data", "stringData"])
def test_what_a_secret_holds_is_never_shown(field: str, data: Any) -> None:
    found = " ".join(told(thing("v1", "Secret", **{field: data})))
    assert "pl4in" not in found
    assert "12345" not in found
    assert bool(found) == (field == "data" or data != {"k": "pl4in!"})


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "prod.yaml"
    file.write_text(HEAD + text)
    return file


def test_check_and_preview_tell_all_slips_at_once_each_at_its_place(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "      a: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b, prots: []}]}}\n"
        "      b: {apiVersion: apps/v1, kind: Deploymnet, metadata: {name: b}, spec: {replicas: three}}\n"
        "      c: {apiVersion: v1, kind: Secret, metadata: {name: c}, data: {password: hunter2!}}\n",
    )
    said = by_check(file) or ""
    assert "12:99: addons.objs.manifests.a.spec.containers[0].prots: no such field" in said
    assert "13:38: addons.objs.manifests.b.kind: no such kind" in said
    assert "addons.objs.manifests.b.spec.replicas: needs a whole number" in said
    assert "addons.objs.manifests.c.data.password: is not base64; got [secret]" in said
    assert "hunter2" not in said
    assert said == by_preview(file)


def test_an_object_is_written_down_once_on_a_platform(tmp_path: Path) -> None:
    settings = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a%s}}"
    file = written(
        tmp_path,
        f"      a: {settings % ', namespace: default'}\n"
        "  more:\n    kind: manifests\n    manifests:\n"
        f"      b: {settings % ''}\n      c: {settings % ', namespace: kube-system'}\n",
    )
    said = by_check(file) or ""
    assert said.count("is defined twice") == 1
    assert 'addons.more.manifests.b.metadata.name: is defined twice; got ConfigMap "a" at addons.objs' in said


def warnings(file: Path) -> list[Problem]:
    return [each for each in checked(file).warnings() if each.path[:2] == ("addons", "objs")]


def test_what_is_not_known_is_said_and_not_refused(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "      a: {apiVersion: example.com/v1, kind: Issuer, metadata: {name: a, namespace: shop}}\n"
        "      b: {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: elsewhere}}\n"
        "      c: {apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: own}}\n"
        "      own: {apiVersion: v1, kind: Namespace, metadata: {name: own}}\n",
    )
    issuer, namespace = warnings(file)
    assert (
        "contains objects whose fields were not checked, because no schema is known for example.com/v1 Issuer"
        in issuer.message
    )
    assert 'is a namespace that nothing here creates; got "elsewhere"' in namespace.message


@pytest.mark.parametrize(("name", "taken"), [("shop", True), ("Shop_A", False)])
def test_what_the_settings_say_is_judged_too(tmp_path: Path, name: str, taken: bool) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("from eks_blueprints import stackfile\nstackfile.deploy('prod.yaml')\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(f"config: {{shop:label: {name}}}\n")
    file = written(
        tmp_path,
        "      a: {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: a, namespace: {config: label}}, "
        "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        "spec: {containers: [{name: a, image: b}]}}}}\n",
    )
    one, other = by_check(file), by_preview(file, stack_target(str(file)))
    for said in (one, other):
        assert (
            said is None
            if taken
            else 'a.metadata.namespace: can contain only lower-case letters, digits and -; got "Shop_A"' in (said or "")
        )


@pytest.mark.parametrize(
    ("version", "kind", "metadata", "maker"),
    [
        ("storage.k8s.io/v1", "StorageClass", "name: gp3", "addons.storage_classes"),
        ("apps/v1", "Deployment", "name: keda-operator, namespace: keda", "addons.keda"),
        ("apps/v1", "Deployment", "name: keda-operator, namespace: shop", None),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "name: scaledobjects.keda.sh", "addons.keda"),
        ("karpenter.sh/v1", "NodePool", "name: default", "compute.karpenter"),
        ("v1", "ConfigMap", "name: gp3", None),
    ],
)
def test_an_object_is_made_by_one_element(
    tmp_path: Path, version: str, kind: str, metadata: str, maker: str | None
) -> None:
    file = written(
        tmp_path,
        f"      a: {{apiVersion: {version}, kind: {kind}, metadata: {{{metadata}}}}}\n"
        "  aws_ebs_csi_driver: {}\n  storage_classes: {}\n  keda: {}\n",
    )
    file.write_text(file.read_text().replace("{nodes: {", "{karpenter: {}, nodes: {"))
    said = by_check(file) or ""
    what = f"addons.objs.manifests.a.metadata.name: is also created by {maker}; got {kind}"
    assert (what in said) if maker else ("is also created by" not in said)


def test_a_name_may_be_left_to_the_api_server(tmp_path: Path) -> None:
    job = "{apiVersion: batch/v1, kind: Job, metadata: {%s}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}"
    taken = written(tmp_path, f"      a: {job % 'generateName: seed-'}\n      b: {job % 'generateName: seed-'}\n")
    assert by_check(taken) is None
    refused = written(tmp_path, f"      a: {job % 'generateName: Seed_'}\n      b: {job % 'labels: {}'}\n")
    said = by_check(refused) or ""
    assert "b.metadata: needs a name" in said
    refused = written(tmp_path, f"      a: {job % 'generateName: Seed_'}\n")
    assert "a.metadata.generateName: can contain only lower-case letters" in (by_check(refused) or "")


def test_an_object_is_judged_once_however_often_it_is_drawn() -> None:
    def drawn() -> dict[str, Any]:
        return deployment(template={"spec": {"containers": [container(image="example.com/drawn-twice:1")]}})

    first, second = calls(lambda: told(drawn())), calls(lambda: told(drawn()))
    assert second < first / 2
    fine, wrong = (told({**thing("v1", "ConfigMap"), "data": {"port": each}}) for each in ("1", 1))
    assert fine == []
    assert wrong


@pytest.mark.parametrize(
    ("containers", "starting", "count"),
    [
        ([{"ports": [{"containerPort": 80}]}, {"ports": [{"containerPort": 80}]}], [], 1),
        ([{"ports": [{"containerPort": 80}]}, {"ports": [{"containerPort": 81}]}], [], 0),
        ([{"ports": [{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}]}], [], 0),
        ([{"ports": [{"containerPort": 53}]}, {"ports": [{"containerPort": 53, "protocol": "UDP"}]}], [], 0),
        ([{"ports": [{"containerPort": 80}]}], [{"ports": [{"containerPort": 80}], "restartPolicy": "Always"}], 1),
        ([{"ports": [{"containerPort": 80}]}], [{"ports": [{"containerPort": 80}]}], 0),
    ],
)
def test_containers_of_a_pod_share_its_ports(containers: list[Any], starting: list[Any], count: int) -> None:
    named = [{"name": f"c{number}", "image": "a:1", **each} for number, each in enumerate(containers)]
    before = [{"name": f"i{number}", "image": "a:1", **each} for number, each in enumerate(starting)]
    checked_ = check.Checked()
    check.check(pod(containers=named, initContainers=before), of(35), Definitions(()), checked_)
    assert [each.severity for each in checked_.problems] == ["warning"] * count


@pytest.mark.parametrize(
    ("field", "text", "slip"),
    [
        ("data", "czNjcmV0Cg==", "ends with a newline"),
        ("stringData", "s3cret\n", "ends with a newline"),
        ("data", "Y3pOamNtVjBjSE56", "looks encoded once too often"),
        ("stringData", "czNjcmV0cHNz", "looks encoded once too often"),
        ("data", "czNjcmV0", None),
        ("stringData", "s3cret", None),
        ("stringData", "password", None),
        ("stringData", "Xk2/9fPq0a+81LmZ", None),
        ("data", "LS0tCmEKLS0tCg==", None),
    ],
)
def test_a_secret_is_encoded_once(field: str, text: str, slip: str | None) -> None:
    checked_ = check.Checked()
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": META, field: {"a": text}}
    check.check(manifest, of(35), Definitions(()), checked_)
    found = [each for each in checked_.problems if each.severity == "warning"]
    assert [each.path for each in found] == ([(field, "a")] if slip else [])
    assert all(slip in each.message and text not in each.message for each in found if slip)
