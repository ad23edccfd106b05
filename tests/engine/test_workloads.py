"""Workloads on the real engine: they come in order, change alone, keep their secrets, are replaced and go in order."""

from __future__ import annotations

import json

import pytest

from .harness import Engine, Project
from .test_compute import PROGRAM
from .test_secrets import HUSH, held, told

pytestmark = pytest.mark.engine

PLATFORM = """\
region: eu-west-1
network: {zone_count: 2, nat_gateways: single}
cluster: {version: "1.35"}
namespaces: {shop: {}}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  aws_ebs_csi_driver: {}
  storage_classes: {}
  metrics_server: {}
  aws_load_balancer_controller: {}
workloads:
"""
WEB = """\
  web:
    kind: deployment
    namespace: shop
    image: example.com/web:1.0
    ports: {http: 8080}
    requests: {cpu: 100m, memory: 128Mi}
    readiness_probe: /ready
    env: {LEVEL: info, KEY: {secret: toml}}
    config_maps: {app: {data: {level: info}, env: true}}
    secrets: {db: {data: {password: {secret: toml}}, mount_path: /etc/db}}
    service: {}
    ingress: {hosts: [shop.example.com]}
    horizontal_pod_autoscaler: {min_replicas: 2, max_replicas: 6, cpu: 70}
    network_policy: {ingress: [{ports: [{port: http}]}]}
    service_account:
      allow: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::assets/*"]}]
      rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
"""
DB = """\
  db:
    kind: stateful_set
    namespace: shop
    image: example.com/db:1.0
    replicas: 3
    ports: {sql: 5432}
    volumes: {data: {mount_path: /data, claim: {size: 20Gi}}}
"""
OTHERS = """\
  uploads:
    kind: deployment
    namespace: shop
    image: example.com/uploads:1.0
    volumes: {files: {mount_path: /files, claim: {size: 5Gi}}}
  backup: {kind: cron_job, namespace: shop, image: "example.com/backup:1.0", schedule: "30 2 * * *"}
  migrate: {kind: job, namespace: shop, image: "example.com/migrate:1.0", env: {KEY: {secret: toml}}}
  agent: {kind: daemon_set, namespace: shop, image: "example.com/agent:1.0"}
"""
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type


@pytest.fixture
def project(engine: Engine) -> Project:
    found = engine.program(PROGRAM, files={"dev.yaml": PLATFORM + WEB + DB + OTHERS})
    found.config("toml", HUSH, "--secret")
    return found


def before(names: list[str], *order: str) -> bool:
    places = [names.index(f"dev-{name}") for name in order]
    return places == sorted(places)


def test_all_kinds_live_change_alone_and_die(project: Project) -> None:
    first = project.up("--diff")
    assert not held(told(first))
    made = first.order("create")
    assert before(made, "namespace-shop", "web-service-account", "web-deployment", "web-horizontal-pod-autoscaler")
    assert before(made, "web-identity-role", "web-identity-association", "web-deployment", "web-ingress")
    assert before(made, "web-secret-db", "web-deployment")
    assert before(made, "db-headless", "db-stateful-set")
    assert before(made, "uploads-claim-files", "uploads-deployment")
    assert before(made, "aws-load-balancer-controller-release", "web-ingress")
    assert {"dev-backup-cron-job", "dev-migrate-job", "dev-agent-daemon-set", "dev-web-pod-disruption-budget"} <= {
        *made
    }

    state = project.export()
    assert not held(json.dumps(state))
    secrets = [each for each in state if each["type"] == SECRET]
    assert {each["urn"].split("::")[-1] for each in secrets} == {"dev-web-env", "dev-web-secret-db", "dev-migrate-env"}
    assert all("ciphertext" in json.dumps(each["inputs"]) for each in secrets)
    kept = {row.id: row.outputs["stringData"] for row in project.account.rows(SECRET)}
    assert kept == {"shop/web-env": {"KEY": HUSH}, "shop/web-db": {"password": HUSH}, "shop/migrate-env": {"KEY": HUSH}}
    assert project.up().unchanged

    project.edit("dev.yaml", "example.com/web:1.0", "example.com/web:1.1")
    assert project.up().changed() == {"dev-web-deployment": "update"}

    project.edit("dev.yaml", "data: {level: info}", "data: {level: debug}")
    assert project.up().changed() == {"dev-web-config-app": "update", "dev-web-deployment": "update"}

    gone = project.destroy().order("delete")
    assert before(gone, "web-ingress", "web-deployment", "web-service-account", "namespace-shop")
    assert before(gone, "web-horizontal-pod-autoscaler", "web-deployment", "web-identity-association")
    assert before(gone, "web-ingress", "aws-load-balancer-controller-release", "nodes-group")
    assert before(gone, "db-stateful-set", "db-headless")
    assert project.export() == []
    assert project.leftovers() == []


def test_workloads_come_go_and_change_places_without_touching_one_another(project: Project) -> None:
    (project.folder / "dev.yaml").write_text(PLATFORM + WEB + DB)
    project.up()
    (project.folder / "dev.yaml").write_text(PLATFORM + OTHERS + DB + WEB)
    added = project.up().changed()
    assert {*added.values()} == {"create"}
    assert {name.split("-")[1] for name in added} == {"uploads", "backup", "migrate", "agent"}
    (project.folder / "dev.yaml").write_text(PLATFORM + WEB + OTHERS)
    removed = project.up().changed()
    assert {*removed.values()} == {"delete"}
    assert {name.split("-")[1] for name in removed} == {"db"}


def test_claims_grow_in_place_and_a_stateful_set_stays(project: Project) -> None:
    (project.folder / "dev.yaml").write_text(PLATFORM + DB + OTHERS)
    project.up()
    project.edit("dev.yaml", "size: 5Gi", "size: 8Gi")
    assert project.up().changed() == {"dev-uploads-claim-files": "update"}
    project.edit("dev.yaml", "size: 20Gi", "size: 40Gi, created_with: {size: 20Gi}")
    assert project.up().changed() == {f"dev-db-claim-data-{number}": "create" for number in range(3)}
    assert project.up().unchanged
    project.edit("dev.yaml", "size: 40Gi", "size: 60Gi")
    assert project.up().changed() == {f"dev-db-claim-data-{number}": "update" for number in range(3)}


def test_what_cannot_change_is_deleted_first_and_made_anew(project: Project) -> None:
    project.up()
    project.edit(
        "dev.yaml",
        "    namespace: shop\n    image: example.com/db:1.0",
        "    namespace: shop\n    object_name: sql\n    image: example.com/db:1.0",
    )
    renamed = project.up()
    assert renamed.changed()["dev-db-stateful-set"] == "replace"
    assert {name.split("-")[1] for name in renamed.changed()} == {"db"}

    project.edit("dev.yaml", "example.com/migrate:1.0", "example.com/migrate:1.1")
    again = project.up()
    assert again.changed() == {"dev-migrate-job": "replace"}
    ops = [step.op for step in again.steps if step.name == "dev-migrate-job"]
    assert ops.index("delete-replaced") < ops.index("create-replacement")
    assert project.up().unchanged


def test_a_rotated_secret_changes_in_place_and_is_told_without_it(project: Project) -> None:
    project.up()
    project.config("toml", HUSH + "-2", "--secret")
    seen = project.preview("--diff")
    assert not held(told(seen))
    change = project.up("--diff")
    assert not held(told(change) + json.dumps(project.export()))
    assert change.changed()["dev-web-secret-db"] == "update"
    assert {row.outputs["stringData"].popitem()[1] for row in project.account.rows(SECRET)} == {HUSH + "-2"}
