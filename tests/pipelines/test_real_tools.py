"""The lines of charts with the real programs that they call: Helm, kubeconform, yq, helm-unittest, cosign, a registry.

AWS alone is a stand-in: its registry is one on this machine. Each test is skipped where a program is not installed.
"""

# ruff: noqa: E501 - stand-ins for programs read best with one answer a line

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.pipelines.bash import Machine
from tests.pipelines.jobs import job

HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: web
          image: {{ .Values.image }}
          {{- with .Values.extra }}{{ toYaml . | nindent 10 }}{{ end }}
"""
CHART = {"apiVersion": "v2", "name": "shop", "version": "1.4.0", "icon": "https://example.com/i.png"}
VALUES = {"replicas": 2, "image": f"{HOST}/shop/web@sha256:{'0' * 64}", "extra": None}
UNIT = """\
suite: deployment
templates: [deployment.yaml]
tests:
  - it: has two pods
    asserts:
      - equal: {path: spec.replicas, value: 2}
"""
SCHEMA = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "properties": {
                "replicas": {"type": "integer"},
                "selector": {"type": "object"},
                "template": {"type": "object"},
            },
        },
    },
}
CHECKS = {"schema_locations": ["schemas/{{.ResourceKind}}.json"], "policies": False}
# What ECR says, from a registry on this machine.
AWS = r"""
option() { sed "s/.*--$1 \([^ ]*\).*/\1/" <<< "${*:2}"; }
case "$*" in
  "sts get-caller-identity"*) echo 111122223333 ;;
  "ecr get-login-password"*) echo secret ;;
  "ecr describe-images"*)
    tag="$(option image-ids "$@")"
    crane digest --insecure "$LOCAL/$(option repository-name "$@"):${tag#imageTag=}" 2> /dev/null || { echo ImageNotFoundException >&2; exit 254; } ;;
  "ecr batch-get-image"*)
    digest="$(option image-ids "$@")"
    crane manifest --insecure "$LOCAL/$(option repository-name "$@")@${digest#imageDigest=}" ;;
esac
"""


def needed(*programs: str) -> pytest.MarkDecorator:
    missing = [each for each in programs if shutil.which(each) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)} on the PATH")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.write("chart/Chart.yaml", yaml.safe_dump(CHART))
    made.write("chart/values.yaml", yaml.safe_dump(VALUES))
    made.write("chart/templates/deployment.yaml", DEPLOYMENT)
    made.write("chart/tests/deployment_test.yaml", UNIT)
    made.write("schemas/deployment.json", SCHEMA)
    made.program("python3", "")
    made.program("eks-blueprints", f'exec {sys.executable} -m eks_blueprints "$@"')
    return made


def check(**checks: Any) -> Any:
    return job("check", {"check": {"kind": "check_chart", "checks": {**CHECKS, **checks}}})


@needed("helm", "kubeconform", "yq", "jq", "helm-unittest")
def test_a_good_chart_passes_and_leaves_what_it_renders(machine: Machine) -> None:
    done = machine.run(check())

    assert done.returncode == 0, done.stdout + done.stderr
    rendered = yaml.safe_load((machine.checkout / "artifacts/check-manifests/default.yaml").read_text())
    assert rendered["spec"]["replicas"] == 2
    assert 'tests="1"' in (machine.checkout / "reports/chart-unit.xml").read_text()


@needed("helm", "kubeconform", "yq", "jq")
def test_a_field_of_the_wrong_type_fails_and_is_named(machine: Machine) -> None:
    machine.write("chart/values.yaml", yaml.safe_dump({**VALUES, "replicas": "three"}))
    done = machine.run(check(unit_tests=False))

    assert done.returncode != 0
    assert "replicas" in done.stderr


@needed("helm", "kubeconform", "yq", "jq")
def test_a_kind_without_a_schema_fails_unless_it_is_skipped(machine: Machine) -> None:
    made = "apiVersion: a.example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
    machine.write("chart/templates/widget.yaml", made)
    assert machine.run(check(unit_tests=False)).returncode != 0
    done = machine.run(check(unit_tests=False, skip_kinds=["Widget"]))
    assert done.returncode == 0, done.stdout + done.stderr


@needed("helm", "yq", "jq")
def test_a_chart_that_helm_cannot_lint_fails(machine: Machine) -> None:
    machine.write("chart/templates/broken.yaml", "{{ .Values.missing.deep }}\n")
    assert machine.run(check(unit_tests=False, schemas=False)).returncode != 0


@needed("helm", "helm-unittest", "yq", "jq")
def test_a_unit_test_that_fails_is_in_the_report(machine: Machine) -> None:
    machine.write("chart/tests/deployment_test.yaml", UNIT.replace("value: 2", "value: 3"))
    done = machine.run(check(schemas=False))

    assert done.returncode != 0
    assert "<failure" in (machine.checkout / "reports/chart-unit.xml").read_text()


@needed("helm", "yq", "jq")
def test_what_a_chart_depends_on_is_fetched_from_where_its_lock_says(machine: Machine, tmp_path: Path) -> None:
    served = tmp_path / "served"
    machine.write("library/Chart.yaml", yaml.safe_dump({**CHART, "name": "library", "version": "0.3.1"}))
    call = ["helm", "package", str(machine.checkout / "library"), "--destination", str(served)]
    subprocess.run(call, check=True, capture_output=True)
    handler = partial(SimpleHTTPRequestHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        subprocess.run(["helm", "repo", "index", str(served), "--url", url], check=True, capture_output=True)
        Thread(target=server.serve_forever, daemon=True).start()
        needs = [{"name": "library", "version": "0.3.x", "repository": url}]
        machine.write("chart/Chart.yaml", yaml.safe_dump({**CHART, "dependencies": needs}))
        home = {"HOME": str(tmp_path / "elsewhere"), "PATH": os.environ["PATH"]}
        call = ["helm", "dependency", "update", str(machine.checkout / "chart")]
        subprocess.run(call, check=True, capture_output=True, env=home)
        shutil.rmtree(machine.checkout / "chart/charts")

        assert (machine.checkout / "chart/Chart.lock").exists()
        done = machine.run(check(unit_tests=False, schemas=False))
        server.shutdown()

    assert done.returncode == 0, done.stdout + done.stderr
    assert [file.name for file in (machine.checkout / "chart/charts").iterdir()] == ["library-0.3.1.tgz"]


@needed("helm", "helm-unittest", "yq", "jq")
def test_unit_tests_can_lie_elsewhere(machine: Machine) -> None:
    machine.write("chart/unittests/more/deployment_test.yaml", UNIT.replace("value: 2", "value: 3"))
    assert machine.run(check(schemas=False)).returncode == 0
    assert machine.run(check(schemas=False, unit_test_files=["unittests/**/*.yaml"])).returncode != 0


@needed("helm", "yq", "jq")
def test_the_policies_judge_what_the_chart_renders(machine: Machine) -> None:
    machine.write("chart/values.yaml", yaml.safe_dump({**VALUES, "extra": {"securityContext": {"privileged": True}}}))
    done = machine.run(check(unit_tests=False, schemas=False, policies=True))

    assert done.returncode != 0
    assert "privileged" in done.stderr
    assert "<failure" in (machine.checkout / "reports/chart-policies-default.xml").read_text()


@pytest.fixture
def registry(machine: Machine) -> Iterator[str]:
    """A registry of OCI artifacts here, which Helm and cosign take for the one of ECR."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    local = f"localhost:{port}"
    running = subprocess.Popen(
        ["crane", "registry", "serve", "--address", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        machine.variables |= {"LOCAL": local, "POLL_SECONDS": "0", "COSIGN_PASSWORD": ""}
        machine.program("aws", AWS)
        for name, plain in (("helm", "--plain-http"), ("cosign", "--allow-insecure-registry")):
            real, words = shutil.which(name), "push|pull" if name == "helm" else "sign|copy|verify"
            script = f"""
            given=("${{@//{HOST}/$LOCAL}}")
            case "$1" in
              {words}) given+=({plain}) ;;
              login) cat > /dev/null; exit ;;
              registry) cat > /dev/null; exit ;;
            esac
            exec {real} "${{given[@]}}"
            """
            machine.program(name, script)
        yield local
    finally:
        running.kill()
        running.wait()


PUBLISH = {"publish": {"chart": {"path": "chart", "repository": "charts/shop"}}}


@needed("helm", "yq", "jq", "crane")
def test_a_chart_is_published_once_with_its_commit(machine: Machine, registry: str) -> None:
    done = machine.run(job("publish", PUBLISH))
    assert done.returncode == 0, done.stdout + done.stderr
    noted: Any = machine.read("artifacts/publish/chart.json")
    listed = subprocess.run(
        ["crane", "digest", "--insecure", f"{registry}/charts/shop:1.4.0"], capture_output=True, text=True, check=True
    )
    assert noted["digest"] == listed.stdout.strip()

    again = machine.run(job("publish", PUBLISH))
    assert again.returncode == 0, again.stderr
    assert machine.read("artifacts/publish/chart.json") == noted

    other = machine.run(job("publish", PUBLISH), {"COMMIT": "0" * 40})
    assert other.returncode != 0
    assert "charts/shop:1.4.0 is published already; got commit 3f78" in other.stderr


@needed("helm", "yq", "jq", "crane", "cosign")
def test_a_chart_is_promoted_by_its_digest(machine: Machine, registry: str) -> None:
    assert machine.run(job("publish", PUBLISH)).returncode == 0
    stages = {**PUBLISH, "promote": {"chart": {"repository": "prod/charts/shop"}}}
    done = machine.run(job("promote", stages))

    assert done.returncode == 0, done.stdout + done.stderr
    published: Any = machine.read("artifacts/publish/chart.json")
    promoted: Any = machine.read("artifacts/promote/chart.json")
    assert (promoted["repository"], promoted["digest"]) == ("prod/charts/shop", published["digest"])


@needed("helm", "yq", "jq")
def test_the_index_of_a_bucket_holds_the_version_and_its_digest(machine: Machine) -> None:
    machine.program(
        "aws",
        'case "$*" in *index.yaml*get*|*get-object*) echo NoSuchKey >&2; exit 254;; *put-object*index.yaml*) cp "$(sed "s/.*--body \\([^ ]*\\).*/\\1/" <<< "$*")" "$HOME/index.yaml";; esac',
    )
    done = machine.run(job("publish", {"publish": {"chart": {"path": "chart", "bucket": "s3://acme-charts/stable"}}}))

    assert done.returncode == 0, done.stdout + done.stderr
    index = yaml.safe_load((machine.root / "index.yaml").read_text())
    noted: Any = machine.read("artifacts/publish/chart.json")
    (entry,) = index["entries"]["shop"]
    assert (entry["version"], f"sha256:{entry['digest']}") == (noted["version"], noted["digest"])
    assert entry["annotations"] == {"org.opencontainers.image.revision": "3f786850e387550fdab836ed7e6dc881de23001b"}


KUSTOMIZATION = {"resources": ["deployment.yaml"]}


@needed("kustomize", "yq", "jq")
def test_a_folder_of_kustomize_is_applied_with_the_image(machine: Machine) -> None:
    image = {"registry": "h.example.com", "repository": "shop/web", "tag": "sha-1", "digest": "sha256:" + "a" * 64}
    machine.write("artifacts/build/image.json", {**image, "platforms": {}})
    machine.write("deploy/kustomization.yaml", yaml.safe_dump(KUSTOMIZATION))
    deployment: Any = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web"}]}}},
    }
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}
    machine.write("deploy/deployment.yaml", yaml.safe_dump_all([service, deployment]))
    machine.program("aws", "")
    machine.program(
        "kubectl",
        'case "$*" in apply*) cp "$(sed "s/.*--filename \\([^ ]*\\).*/\\1/" <<< "$*")" "$HOME/applied.yaml" ;; get*name*) ;; get*json*) echo "{}" ;; esac',
    )
    stages = {
        "build": {"kind": "build", "image": {"repository": "shop/web"}},
        "deploy": {"environment": "staging", "kubectl": {"kustomize": "deploy", "image_name": "web"}},
    }
    done = machine.run(job("deploy", stages))

    assert done.returncode == 0, done.stdout + done.stderr
    applied = {each["kind"]: each for each in yaml.safe_load_all((machine.root / "applied.yaml").read_text())}
    [container] = applied["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == f"h.example.com/shop/web@{image['digest']}"
    assert machine.called("kubectl rollout status deployment/web")
    assert not [each for each in machine.calls if "rollout status service" in each]


def go_yq() -> bool:
    """Whether yq is the one that jobs install; another program has the same name."""
    if (program := shutil.which("yq")) is None:
        return False
    return "mikefarah" in subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout


with_yq = pytest.mark.skipif(not go_yq() or shutil.which("jq") is None, reason="needs mikefarah/yq and jq on the PATH")

MANIFEST = """\
# what runs
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - {name: web, image: "WEB:latest"}
        - {name: worker, image: acme/worker}
        - {name: other, image: WEBSITE}
---
apiVersion: v1
kind: Service
metadata: {name: web}
"""
CONFIG = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"image": "none"}}'
APPLY = 'case "$*" in apply*) cp "$3" "$HOME/applied" ;; "rollout history"*) echo ;; esac'


def applied(machine: Machine, manifests: list[str]) -> Any:
    for name in ("web", "worker"):
        image = {"registry": HOST, "repository": name, "tag": "t", "digest": f"sha256:{name}"}
        machine.write(f"artifacts/{name}/image.json", image)
    machine.program("aws", "")
    machine.program("kubectl", APPLY)
    build = {"kind": "build", "after": ["source"]}
    stages = {name: {**build, "image": {"repository": name}} for name in ("web", "worker")}
    kubectl = {"manifests": manifests, "images": {"WEB": "web", "acme/worker": "worker"}}
    return machine.run(job("deploy", {**stages, "deploy": {"environment": "staging", "kubectl": kubectl}}))


@with_yq
def test_manifests_are_applied_with_their_images(machine: Machine) -> None:
    machine.write("k8s/a.yaml", MANIFEST)
    machine.write("k8s/config/b.json", CONFIG)
    machine.write("k8s/notes.txt", "none")
    done = applied(machine, ["k8s", "k8s/config/b.json"])

    assert done.returncode == 0, done.stderr
    [web, service, config] = yaml.safe_load_all((machine.root / "applied").read_text())
    images = [each["image"] for each in web["spec"]["template"]["spec"]["containers"]]
    assert images == [f"{HOST}/web@sha256:web", f"{HOST}/worker@sha256:worker", "WEBSITE"]
    assert (service["kind"], config["kind"], config["data"]) == ("Service", "ConfigMap", {"image": "none"})
    assert machine.called("kubectl rollout status deployment/web --namespace shop")


@with_yq
@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"k8s/a.yaml": CONFIG}, "no manifest has the image WEB; write image: WEB in one"),
        ({"k8s/notes.txt": "none"}, "no manifest in k8s; name files or folders with"),
        ({"k8s/kustomization.yaml": "resources: []"}, "k8s is a folder of Kustomize; say kustomize instead"),
    ],
)
def test_manifests_that_cannot_be_meant_are_told(machine: Machine, files: dict[str, str], why: str) -> None:
    for path, text in files.items():
        machine.write(path, text)
    done = applied(machine, ["k8s"])

    assert done.returncode != 0
    assert why in done.stderr
    assert not machine.called("kubectl apply")
