"""Objects that become workloads, and whose plan holds the same objects."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.importers.manifests import told
from eks_blueprints.lifecycle.importers.manifests.part import imported
from tests.lifecycle.importers.objects import OTHERS, SHOP
from tests.lifecycle.importers.plans import into_plan, originals, unlike

PODS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.com/web:1"}]}
"""


def written(folder: Path, text: str, name: str = "app.yaml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def refused(*paths: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        imported(paths, "app")
    return [str(each) for each in caught.value.problems]


@pytest.mark.parametrize("text", [SHOP, OTHERS], ids=["shop", "others"])
def test_the_plan_of_the_stack_file_holds_the_same_objects(text: str, tmp_path: Path) -> None:
    part, _, made = into_plan(tmp_path, [written(tmp_path, text)])
    before = originals(text)
    assert len(part.originals) == len(before)
    assert {key: unlike(each, made[key]) for key, each in before.items()} == {key: [] for key in before}
    assert made.keys() == before.keys()


def test_what_belongs_to_one_workload_alone_is_made_by_it(tmp_path: Path) -> None:
    part, text, _ = into_plan(tmp_path, [written(tmp_path, SHOP)])
    (web,) = part.workloads
    assert [each.called for each in web.made] == [
        "Deployment web of shop",
        "ServiceAccount web of shop",
        "ConfigMap web-settings of shop",
        "Secret login of shop",
        "PersistentVolumeClaim web-disk of shop",
        "Service front of shop",
        "Ingress shop of shop",
        "PodDisruptionBudget web-budget of shop",
        "NetworkPolicy web of shop",
    ]
    assert [each.called for each, _ in part.manifests] == [
        "StorageClass efs",
        "Service front-internal of shop",
        "Role reader of shop",
    ]
    fields = load(text)["workloads"]["web"]
    assert fields["ports"] == {"http": 8080, "dns": "53/UDP"}
    assert fields["readiness_probe"] == "/ready"
    assert fields["labels"] == {"tier": "front"}
    assert fields["pod_labels"] == {"version": "1"}
    assert fields["volumes"]["disk"]["claim"]["size"] == "20Gi"
    assert fields["volumes"]["settings"]["source"] == {"configMap": {"name": "web-settings"}} or fields["volumes"]
    assert fields["pod_disruption_budget"]["min_available"] == 1
    assert fields["pod_security"] == "privileged"
    assert load(text)["namespaces"] == {"shop": {"labels": {"team": "shop"}}}


def test_claims_bring_what_makes_their_volumes_where_nothing_else_is_said(tmp_path: Path) -> None:
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: {0}}}\nspec: {{accessModes: [ReadWriteOnce], "
    )
    claim += "{1} resources: {{requests: {{storage: 1Gi}}}}}}\n---\n"
    text = claim.format("a", "") + claim.format("b", "storageClassName: gp2,") + claim.format("c", "volumeName: pv,")
    file = written(tmp_path, text)
    part = imported([file], "app")
    assert [each for each in part.data["addons"] if each != "app"] == ["storage_classes", "aws_ebs_csi_driver"]
    assert part.added == [
        "addons.storage_classes: PersistentVolumeClaim a of default gets no volume without it",
        "addons.aws_ebs_csi_driver: PersistentVolumeClaim b of default gets no volume without it",
    ]
    assert "storage_classes" not in imported([file], "app", addons={"coredns": {}}).data["addons"]
    own = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fsx, annotations: "
    own += '{storageclass.kubernetes.io/is-default-class: "true"}}\nprovisioner: fsx.csi.aws.com\n---\n'
    part = imported([written(tmp_path, own + claim.format("a", ""))], "app")
    assert [each for each in part.data["addons"] if each != "app"] == ["aws_fsx_csi_driver"]


def test_a_secret_inside_a_file_of_a_config_map_is_told_with_its_line(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata:\n  app.conf: |\n    host: db\n"
    text += "    password: hunter2-Zq81\n  fine.conf: |\n    password_policy: strict\n    token_lifetime: 1h\n"
    part = imported([written(tmp_path, text)], "app")
    (line,) = told.to_data(part)["plain_secrets"]
    assert "ConfigMap app of default: line 2 of data" in line
    assert "app.conf" in line
    assert "move the text into a Secret" in line
    assert "hunter2" not in line
    said = "\n".join(told.lines(part))
    assert f"secrets in plain text:\n  {line}" in said


def test_no_value_of_a_secret_is_written_down_or_told(tmp_path: Path) -> None:
    login = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {url: https://u:tops3cret@h/}\n"
    part, text, _ = into_plan(tmp_path, [written(tmp_path, f"{SHOP}---\n{OTHERS}---\n{login}")])
    said = "\n".join(told.lines(part)) + str(told.to_data(part))
    for value in ("hunter2", "aHVudGVyMg", "admin", "tops3cret", "//79"):
        assert value not in text
        assert value not in said
    assert part.secrets.by_key == {
        "login_password": "hunter2",
        "login_user": "admin",
        "db_db_password": "hunter2hunter2",
        "binary_key": "//79",
        "s_url": "https://u:tops3cret@h/",
    }


def test_what_names_a_part_of_another_object_is_no_secret(tmp_path: Path) -> None:
    source = "{configMapKeyRef: {name: c, key: applicationsetcontroller.k8s.client.qps, optional: true}}"
    pods = PODS.replace("name: web, image", f"name: web, env: [{{name: API_TOKEN, valueFrom: {source}}}], image")
    assert imported([written(tmp_path, pods)], "app").secrets.by_key == {}


def test_what_differs_is_told_with_its_reason(tmp_path: Path) -> None:
    stood = (
        PODS.replace(
            "{name: web}",
            "{name: web, uid: a-b, resourceVersion: '7', annotations: {"
            "kubectl.kubernetes.io/last-applied-configuration: '{}'}}",
            1,
        )
        + "status: {replicas: 1}\n"
    )
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: x, uid: c}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 1}]}\n"
    )
    part, text, made = into_plan(tmp_path, [written(tmp_path, f"{stood}---\n{service}")])
    said = [f"{name}: {what}" for _, name, what in told.differences(part)]
    web, applied, skipped = (
        "Deployment web of default",
        "kubectl.kubernetes.io/last-applied-configuration",
        'metadata.annotations["pulumi.com/skipAwait"]',
    )
    assert said == [
        f"{web}: status: left out, the cluster writes it",
        f"{web}: metadata: left out resourceVersion, uid, {applied}, which the cluster or kubectl writes",
        "Service x of default: metadata: left out uid, which the cluster or kubectl writes",
        "Service x of default: spec.clusterIP: left out, the cluster gave it to the object that stands there",
        f"Service x of default: {skipped}: added, so that Pulumi does not wait for pods that are made later",
    ]
    assert "10.0.0.1" not in text
    assert made["", "Service", "default", "x"]["spec"] == {"ports": [{"port": 1}]}


def test_yaml_is_read_as_kubectl_reads_it(tmp_path: Path) -> None:
    pod = PODS.replace(
        "{containers:", "{hostNetwork: yes, volumes: [{name: a, configMap: {name: b, defaultMode: 0400}}], containers:"
    )
    _, _, made = into_plan(tmp_path, [written(tmp_path, pod)])
    spec = made["apps", "Deployment", "default", "web"]["spec"]["template"]["spec"]
    assert spec["hostNetwork"] is True
    assert spec["volumes"] == [{"name": "a", "configMap": {"name": "b", "defaultMode": 256}}]


def test_objects_go_into_the_namespace_that_is_named(tmp_path: Path) -> None:
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: x}\nrules: []\n"
    part, text, made = into_plan(tmp_path, [written(tmp_path, f"{PODS}---\n{role}")], namespace="shop")
    assert {*made} == {
        ("", "Namespace", "", "shop"),
        ("apps", "Deployment", "shop", "web"),
        ("rbac.authorization.k8s.io", "ClusterRole", "", "r"),
    }
    assert load(text)["namespaces"] == {"shop": {}}
    assert part.added == ["namespaces.shop: --namespace names it, and nothing that was read makes it"]


def test_lists_json_folders_and_plain_kustomize_folders_are_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    account = '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}'
    listed = f'{{"apiVersion": "v1", "kind": "List", "items": [{account}]}}'
    written(tmp_path / "sub", listed, "list.json")
    written(tmp_path, PODS, "web.yml")
    written(tmp_path, "no: object", "notes.txt")
    assert [each.called for each in imported([str(tmp_path)], "app").originals] == [
        "ServiceAccount a of default",
        "Deployment web of default",
    ]
    (tmp_path / "k").mkdir()
    written(tmp_path / "k", PODS, "web.yaml")
    written(tmp_path / "k", "resources: [web.yaml]", "kustomization.yaml")
    assert [each.called for each in imported([str(tmp_path / "k")], "app").originals] == ["Deployment web of default"]


def test_a_kustomize_folder_that_cannot_be_built_is_refused_with_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    written(tmp_path, PODS)
    written(tmp_path, "resources: [app.yaml]\nnamePrefix: a-\n", "kustomization.yaml")
    (found,) = refused(str(tmp_path))
    assert "has to be built; got neither kustomize nor kubectl on the PATH; install kustomize or kubectl" in found
    written(tmp_path, "resources: ['https://example.com/x']\nnamePrefix: a-\n", "kustomization.yaml")
    (found,) = refused(str(tmp_path))
    assert "names what is not on this machine" in found


WRONG: dict[str, tuple[str, str]] = {
    "no YAML": ("a: [", "app.yaml:1:5: is invalid YAML"),
    "given twice": (f"{PODS}kind: Job\n", "app.yaml:9:1: kind: is given twice"),
    "a template": ("kind: {{ .Values.kind }}\n", "app.yaml:1:7: is a template of Helm, and no YAML"),
    "a quoted template": (
        PODS.replace('"example.com/web:1"', '"{{ .Values.image }}"'),
        "app.yaml:8:44: spec.template.spec.containers[0].image: is a template of Helm",
    ),
    "no object": ("- a\n", "app.yaml:1:1: is no Kubernetes object"),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\n", "app.yaml:1:1: kind: needs text; got null"),
    "no name": ("apiVersion: v1\nkind: Pod\n", "app.yaml:1:1: metadata: needs a name"),
    "wrong types": (
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: [a], annotations: [b]}\n",
        "app.yaml:3:29: metadata.labels: needs a mapping",
    ),
    "unknown kind": (PODS.replace("Deployment", "Deploymnt"), "app.yaml:2:7: kind: no such kind"),
    "removed API": (PODS.replace("apps/v1", "extensions/v1beta1"), "app.yaml:1:13: apiVersion: "),
    "twice": (f"{PODS}---\n{PODS}", "app.yaml:12:18: metadata.name: is written down twice"),
    "nothing": ("# nothing\n", "app.yaml: holds no Kubernetes objects"),
    "Kustomize": (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
        "app.yaml:1:1: is the file of a Kustomize folder",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_at_its_place(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, message = WRONG[name]
    written(tmp_path, text)
    found = refused("app.yaml")
    assert found[0].startswith(message), found


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    import os

    written(tmp_path, "a: [", "a.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff")
    os.mkfifo(tmp_path / "c.yaml")
    written(tmp_path, "kind: Pod", "d.yaml")
    (tmp_path / "e").mkdir()
    written(tmp_path / "e", "name: x", "Chart.yaml")
    found = refused(str(tmp_path), str(tmp_path / "missing"))
    for what in (
        "is invalid YAML",
        "is not UTF-8",
        "got a pipe or a device",
        "needs text",
        "is a Helm chart",
        "does not exist",
    ):
        assert sum(what in each for each in found) == 1, (what, found)


def test_an_object_that_no_element_can_make_stays_as_it_is(tmp_path: Path) -> None:
    dotted = PODS.replace("metadata: {name: web}", "metadata: {name: web.v1}")
    part, _, made = into_plan(tmp_path, [written(tmp_path, dotted)])
    why = {each.called: why for each, why in part.manifests}
    assert why["Deployment web.v1 of default"].startswith("no workload of this package is the same: object_name: ")
    assert ("apps", "Deployment", "default", "web.v1") in made


SCALED = PODS.replace("spec:\n", "spec:\n  replicas: 2\n", 1)


def test_replicas_that_an_autoscaler_decides_are_left_out_and_listed(tmp_path: Path) -> None:
    part, _, made = into_plan(tmp_path, [written(tmp_path, f"{SCALED}---\n{SCALER}")])
    assert part.manifests == []
    assert "replicas" not in made["apps", "Deployment", "default", "web"]["spec"]
    (note,) = part.originals[0].notes
    assert note.startswith("spec.replicas: 2 is left out, because HorizontalPodAutoscaler web of default decides it")


def test_replicas_stay_where_the_autoscaler_cannot_be_a_field(tmp_path: Path) -> None:
    lacking = SCALER.replace("  metrics:", "  # metrics:")
    part, _, made = into_plan(tmp_path, [written(tmp_path, f"{SCALED}---\n{lacking}")])
    ((scaler, why),) = part.manifests
    assert (scaler.kind, "it names no metric" in why) == ("HorizontalPodAutoscaler", True)
    assert made["apps", "Deployment", "default", "web"]["spec"]["replicas"] == 2
    assert not any("replicas" in note for note in part.originals[0].notes)


_RULES = "rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]"
_API = "apiVersion: rbac.authorization.k8s.io/v1"


def rights(subjects: str = "[{kind: ServiceAccount, name: web, namespace: default}]", ref: str = "Role") -> str:
    account = PODS.replace("spec: {containers", "spec: {serviceAccountName: web, containers")
    role = f"{_API}\nkind: Role\nmetadata: {{name: reader}}\n{_RULES}\n"
    cluster = f"{_API}\nkind: ClusterRole\nmetadata: {{name: nodes}}\n{_RULES}\n"
    said = "roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}\n"
    binding = f"{_API}\nkind: RoleBinding\nmetadata: {{name: reads}}\nsubjects: {subjects}\n"
    binding += said.format(kind=ref, name="reader" if ref == "Role" else "nodes")
    all_of_it = f"{_API}\nkind: ClusterRoleBinding\nmetadata: {{name: nodes}}\n"
    all_of_it += "subjects: [{kind: ServiceAccount, name: web, namespace: default}]\n"
    all_of_it += said.format(kind="ClusterRole", name="nodes")
    service_account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web}\n"
    return "---\n".join((account, service_account, role, binding, cluster, all_of_it))


def test_roles_of_one_service_account_alone_are_said_by_its_workload(tmp_path: Path) -> None:
    text = rights()
    part, file, made = into_plan(tmp_path, [written(tmp_path, text)])
    assert part.manifests == []
    account = load(file)["workloads"]["web"]["service_account"]
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    assert (account["rules"], account["cluster_rules"]) == ([rule], [rule])
    assert made["rbac.authorization.k8s.io", "RoleBinding", "default", "reads"]["roleRef"]["name"] == "reader"
    before = originals(text)
    assert {key: unlike(each, made[key]) for key, each in before.items()} == {key: [] for key in before}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (
            rights("[{kind: ServiceAccount, name: web, namespace: default}, {kind: User, name: me}]"),
            {"Role", "RoleBinding"},
        ),
        (rights("[{kind: ServiceAccount, name: web, namespace: other}]"), {"Role", "RoleBinding"}),
        (rights("[{kind: Group, name: web}]"), {"Role", "RoleBinding"}),
        # Two bindings of one ClusterRole: neither it nor they are the workload's alone.
        (rights(ref="ClusterRole"), {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}),
    ],
    ids=["two subjects", "another namespace", "a group", "a cluster role in one namespace"],
)
def test_roles_of_others_stay_as_they_are(text: str, kinds: set[str], tmp_path: Path) -> None:
    part, _, made = into_plan(tmp_path, [written(tmp_path, text)])
    assert {each.kind for each, _ in part.manifests} == kinds
    before = originals(text)
    assert {key: unlike(each, made[key]) for key, each in before.items()} == {key: [] for key in before}


SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
"""
