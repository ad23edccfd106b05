"""What the jobs that deploy, verify and roll back do. The lines run in bash, with stand-ins for cluster and cloud."""

# ruff: noqa: E501 - stand-ins for programs read best with one answer a line

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.bash import Machine, linted
from tests.pipelines.jobs import job

IMAGE = {
    "registry": "h.example.com",
    "repository": "shop/web",
    "tag": "sha-1",
    "digest": "sha256:new",
    "platforms": {"linux/amd64": "sha256:part"},
}
BUILD = {"kind": "build", "image": {"repository": "shop/web"}}
KUBECTL = {"build": BUILD, "deploy": {"environment": "staging", "kubectl": {"workloads": ["deployment/web"]}}}
HELM = {"build": BUILD, "deploy": {"environment": "staging", "helm": {"release": "shop", "chart": "chart"}}}
BACK = {"roll_back": {}}
CLUSTER = r"""
case "$*" in
  "get deployment/web --namespace shop --ignore-not-found --output name") [ -z "$NEW" ] && echo deployment.apps/web ;;
  "rollout history deployment/web"*) printf 'deployment.apps/web\nREVISION  CHANGE-CAUSE\n3  <none>\n%s' "$(cat "$HOME/now" 2> /dev/null)" ;;
  "set image"*) echo "4  <none>" > "$HOME/now" ;;
  "rollout status"*) [ -z "$STUCK" ] || [ -f "$HOME/undone" ] ;;
  "rollout undo"*) touch "$HOME/undone" ;;
  "get deployment/web --namespace shop --output json") cat "$HOME/deployment.json" ;;
  "get pods"*json*) cat "$HOME/pods.json" ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path, {"POLL_SECONDS": "0", "NEW": "", "STUCK": ""})
    made.program("aws", 'case "$*" in *assume-role*) echo "A B C" ;; esac')
    made.program("kubectl", CLUSTER)
    made.write("artifacts/build/image.json", IMAGE)
    return made


def test_kubectl_deploys_the_digest_and_waits(machine: Machine) -> None:
    done = machine.run(job("deploy", KUBECTL))

    assert done.returncode == 0, done.stderr
    assert "kubectl set image deployment/web web=h.example.com/shop/web@sha256:new --namespace shop" in machine.calls
    assert "kubectl rollout status deployment/web --namespace shop --timeout 10m" in machine.calls
    noted: Any = machine.read("artifacts/deploy/rollout.json")
    assert noted["workloads"] == [{"workload": "deployment/web", "before": 3}]


def test_a_deployment_that_fails_is_put_back_to_the_revision_before(machine: Machine) -> None:
    done = machine.run(job("deploy", {**KUBECTL, **BACK}), {"STUCK": "yes"})

    assert done.returncode != 0
    assert "kubectl rollout undo deployment/web --to-revision 3 --namespace shop" in machine.calls
    assert machine.calls[-1].startswith("kubectl get deployment/web --namespace shop --output wide")


def test_without_roll_back_it_stays_as_it_is(machine: Machine) -> None:
    assert machine.run(job("deploy", KUBECTL), {"STUCK": "yes"}).returncode != 0
    assert not machine.called("kubectl rollout undo")


def test_a_new_workload_has_nothing_to_go_back_to(machine: Machine) -> None:
    done = machine.run(job("deploy", {**KUBECTL, **BACK}), {"STUCK": "yes", "NEW": "yes"})

    assert "deployment/web is new: there is nothing to go back to" in done.stdout


def test_a_failure_before_the_change_rolls_nothing_back(machine: Machine) -> None:
    (machine.checkout / "artifacts/build/image.json").unlink()
    done = machine.run(job("deploy", {**KUBECTL, **BACK}))

    assert "nothing to roll back: it failed before anything changed" in done.stdout


def test_the_role_of_another_account_is_taken_on(machine: Machine) -> None:
    role = "arn:aws:iam::444455556666:role/deploys"
    there = {"staging": {"cluster": "shop", "deploy_role_arn": role, "namespaces": ["shop"]}}
    found = job("deploy", KUBECTL, there)

    assert found.variables == {"EKS_CLUSTER": "shop", "DEPLOY_ROLE_ARN": role}
    assert machine.run(found).returncode == 0
    assert machine.called(f"aws sts assume-role --role-arn {role}")


HELM_CLI = r"""
case "$*" in
  "version --short") echo "${HELM_VERSION:-v4.2.3}" ;;
  history*) cat "$HOME/history.json" 2> /dev/null || { echo "release: not found" >&2; exit 1; } ;;
  upgrade*) echo '[{"revision": 7, "status": "superseded"}, {"revision": 8, "status": "deployed", "description": "x"}]' > "$HOME/history.json"
    [ -z "$UPGRADE_FAILS" ] ;;
  test*) [ -z "$TEST_FAILS" ] ;;
esac
"""


def test_helm_upgrades_waits_and_tests(machine: Machine) -> None:
    machine.program("helm", HELM_CLI)
    done = machine.run(job("deploy", HELM), {"UPGRADE_FAILS": "", "TEST_FAILS": ""})

    assert done.returncode == 0, done.stderr
    [upgrade] = machine.called("helm upgrade --install shop chart --namespace shop")
    assert "--set-string image.repository=h.example.com/shop/web --set-string image.digest=sha256:new" in upgrade
    assert "--rollback-on-failure --wait --timeout 10m" in upgrade
    assert machine.called("helm test shop --namespace shop")


def test_helm_3_has_another_name_for_it(machine: Machine) -> None:
    machine.program("helm", HELM_CLI)
    machine.run(job("deploy", HELM), {"UPGRADE_FAILS": "", "TEST_FAILS": "", "HELM_VERSION": "v3.19.0+g1"})

    assert "--atomic --wait" in machine.called("helm upgrade")[0]


def test_failed_tests_of_a_chart_roll_back_to_the_revision_before(machine: Machine) -> None:
    machine.program("helm", HELM_CLI)
    (machine.root / "history.json").write_text('[{"revision": 7, "status": "deployed", "description": "x"}]')
    done = machine.run(job("deploy", {**HELM, **BACK}), {"UPGRADE_FAILS": "", "TEST_FAILS": "yes"})

    assert done.returncode != 0
    assert "helm rollback shop 7 --namespace shop --wait --timeout 10m" in machine.calls


def test_a_first_release_that_fails_its_tests_is_removed(machine: Machine) -> None:
    machine.program("helm", HELM_CLI)
    done = machine.run(job("deploy", {**HELM, **BACK}), {"UPGRADE_FAILS": "", "TEST_FAILS": "yes"})

    assert done.returncode != 0
    assert machine.called("helm uninstall shop --namespace shop")


def test_what_helm_has_put_back_itself_is_not_rolled_back_again(machine: Machine) -> None:
    machine.program("helm", HELM_CLI.replace('"description": "x"}]\'', '"description": "Rollback to 7"}]\''))
    (machine.root / "history.json").write_text('[{"revision": 7, "status": "deployed", "description": "x"}]')
    machine.run(job("deploy", {**HELM, **BACK}), {"UPGRADE_FAILS": "yes", "TEST_FAILS": ""})

    assert not machine.called("helm rollback")


TRIAL = {
    "build": BUILD,
    "trial": {"environment": "staging", "namespace": "shop", "helm": {"release": "shop", "chart": "chart"}},
}


@pytest.mark.parametrize("fails", ["", "yes"])
def test_a_trial_is_removed_whatever_its_tests_say(machine: Machine, fails: str) -> None:
    machine.program("helm", HELM_CLI)
    done = machine.run(job("trial", TRIAL), {"UPGRADE_FAILS": "", "TEST_FAILS": fails})

    assert (done.returncode != 0) == bool(fails)
    assert len(machine.called("helm uninstall shop --namespace shop")) == 1


def test_a_trial_makes_a_namespace_of_its_own(machine: Machine) -> None:
    machine.program("helm", HELM_CLI)
    everything = {"staging": {"cluster": "shop", "policy": "cluster_admin"}}
    own = {**TRIAL, "trial": {key: value for key, value in TRIAL["trial"].items() if key != "namespace"}}
    done = machine.run(job("trial", own, everything), {"UPGRADE_FAILS": "", "TEST_FAILS": ""})

    assert done.returncode == 0, done.stderr
    assert "kubectl create namespace shop-trial-17" in machine.calls
    assert machine.called("kubectl delete namespace shop-trial-17")


VERIFY = {**KUBECTL, "verify": {"environment": "staging", "wait_minutes": 1}}


def verified(machine: Machine, stages: dict[str, Any], *, run: str = "sha256:new", **status: Any) -> Any:
    reported = {
        "kind": "Deployment",
        "metadata": {"generation": 5},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
        "status": {"observedGeneration": 5, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, **status},
    }
    (machine.root / "deployment.json").write_text(json.dumps(reported))
    container = {"imageID": f"h.example.com/shop/web@{run}"}
    sidecar = {"imageID": "h.example.com/mesh/proxy@sha256:other"}
    pod = {"metadata": {"name": "web-1"}, "status": {"phase": "Running", "containerStatuses": [container, sidecar]}}
    gone = {
        "metadata": {"name": "web-0", "deletionTimestamp": "now"},
        "status": {"containerStatuses": [{"imageID": "h.example.com/shop/web@sha256:old"}]},
    }
    (machine.root / "pods.json").write_text(json.dumps({"items": [pod, gone]}))
    noted = {
        "method": "kubectl",
        "namespace": "shop",
        "workloads": [{"workload": "deployment/web", "before": 3}],
        "images": [IMAGE],
    }
    machine.write("artifacts/deploy/rollout.json", noted)
    found = job("verify", stages)
    return machine.run(
        found.but(commands=tuple(each.replace("WAIT_SECONDS=60", "WAIT_SECONDS=0") for each in found.commands))
    )


@pytest.mark.parametrize("digest", ["sha256:new", "sha256:part"])
def test_a_rollout_is_verified_by_what_pods_run(machine: Machine, digest: str) -> None:
    done = verified(machine, VERIFY, run=digest)

    assert done.returncode == 0, done.stderr
    assert f"web-1 runs {digest}" in done.stdout


def test_another_image_in_a_pod_is_told(machine: Machine) -> None:
    done = verified(machine, VERIFY, run="sha256:old")

    assert done.returncode != 0
    assert "pod web-1 runs another image; got sha256:old instead of sha256:new" in done.stderr


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"observedGeneration": 4}, "its controller has not seen it"),
        ({"updatedReplicas": 1}, "1 of 2 replicas are new"),
        ({"replicas": 3}, "old replicas still run"),
        ({"availableReplicas": 1}, "1 of 2 replicas are available"),
        ({"conditions": [{"reason": "ProgressDeadlineExceeded"}]}, "progress deadline exceeded"),
    ],
)
def test_an_unfinished_rollout_is_told_with_its_reason(machine: Machine, status: dict[str, Any], why: str) -> None:
    done = verified(machine, VERIFY, **status)

    assert done.returncode != 0
    assert f"deployment/web is not rolled out; got: {why}" in done.stderr


def test_a_verification_that_fails_puts_back_what_ran_before(machine: Machine) -> None:
    (machine.root / "now").write_text("4  <none>")
    done = verified(machine, {**VERIFY, **BACK}, run="sha256:old")

    assert done.returncode != 0
    assert "kubectl rollout undo deployment/web --to-revision 3 --namespace shop" in machine.calls


ALARMS = {**KUBECTL, "verify": {"environment": "staging", "alarms": ["errors"], "alarm_minutes": 0}}


@pytest.mark.parametrize(
    ("state", "good"), [("OK", True), ("ALARM", False), ("INSUFFICIENT_DATA", False), (None, False)]
)
def test_alarms_must_be_there_and_ok(machine: Machine, state: str | None, good: bool) -> None:
    alarms = [] if state is None else [{"AlarmName": "errors", "StateValue": state}]
    (machine.root / "alarms.json").write_text(json.dumps({"MetricAlarms": alarms, "CompositeAlarms": []}))
    machine.program("aws", 'case "$*" in cloudwatch*) cat "$HOME/alarms.json" ;; esac')

    assert (verified(machine, ALARMS).returncode == 0) == good


def test_addresses_must_answer_with_their_text(machine: Machine) -> None:
    machine.program("curl", 'while [ "$1" != --output ]; do shift; done; echo "all is well" > "$2"; printf 200')
    there = {"environment": "staging", "urls": [{"url": "https://shop.example.com/health", "contains": "all is"}]}
    assert verified(machine, {**KUBECTL, "verify": there}).returncode == 0

    there = {
        "environment": "staging",
        "wait_minutes": 1,
        "urls": [{"url": "https://shop.example.com/health", "contains": "no"}],
    }
    done = verified(machine, {**KUBECTL, "verify": there})
    assert 'does not answer as it should; got 200 instead of 200 with "no"' in done.stderr


@pytest.mark.parametrize(("said", "good"), [("1.4 of 3f786850e387550fdab836ed7e6dc881de23001b", True), ("1.4", False)])
def test_an_address_can_have_to_name_the_commit(machine: Machine, said: str, good: bool) -> None:
    machine.program("curl", f'while [ "$1" != --output ]; do shift; done; echo "{said}" > "$2"; printf 200')
    machine.program("sleep", "SECONDS=0; exit 1")
    url = {"url": "https://shop.example.com/version", "contains": "1.4", "contains_commit": True}
    done = verified(machine, {**KUBECTL, "verify": {"environment": "staging", "urls": [url]}})

    assert (done.returncode == 0) == good, done.stderr


def test_pulumi_does_exactly_what_was_previewed(machine: Machine) -> None:
    machine.program("pulumi", 'case "$*" in preview*) echo "{}" > artifacts/preview/plan.json ;; esac')
    pulumi = {"stack": "prod", "state": {"bucket": "s3://acme-pulumi"}}
    stages = {"preview": {"pulumi": pulumi}, "deploy": {"environment": "staging", "pulumi": pulumi}}
    assert machine.run(job("preview", stages)).returncode == 0
    assert machine.run(job("deploy", stages)).returncode == 0

    assert "pulumi login s3://acme-pulumi?region=eu-west-1&awssdk=v2" in machine.calls
    [up] = machine.called("pulumi up")
    assert up.endswith("--plan " + str(machine.checkout / "artifacts/preview/plan.json"))


@pytest.mark.parametrize("stages", [KUBECTL, HELM, VERIFY, TRIAL, {**VERIFY, **BACK}, ALARMS])
def test_the_lines_are_clean_bash(stages: dict[str, Any]) -> None:
    for name in stages.keys() - {"roll_back"}:
        found = job(name, stages)
        for lines in (found.commands, found.on_failure):
            assert not linted(lines)


def test_the_trial_needs_a_namespace_where_its_role_cannot_create_one() -> None:
    own = {**TRIAL, "trial": {"environment": "staging", "helm": {"release": "shop", "chart": "chart"}}}
    with pytest.raises(ValueError, match="is required where its role cannot create one; got policy: edit"):
        job("trial", own)


def rolled_out(machine: Machine, workloads: dict[str, str], images: list[dict[str, Any]]) -> Any:
    """A verification of a release with these workloads, and the image that the pod of each runs."""
    reported = {"kind": "Deployment", "metadata": {"generation": 1}}
    reported |= {"spec": {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}}}
    reported |= {"status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}}
    cases = []
    for name, runs in workloads.items():
        own = {**reported, "spec": {**reported["spec"], "selector": {"matchLabels": {"app": name}}}}  # type: ignore[dict-item]
        pod = {"metadata": {"name": name}, "status": {"containerStatuses": [{"imageID": runs}]}}
        cases += [f"  'get deployment/{name} '*) echo '{json.dumps(own)}' ;;"]
        cases += [f"  'get pods'*'app={name}'*) echo '{json.dumps({'items': [pod]})}' ;;"]
    machine.program("kubectl", "\n".join(['case "$*" in', *cases, "esac"]))
    noted = {"method": "kubectl", "namespace": "shop", "images": images}
    noted |= {"workloads": [{"workload": f"deployment/{name}", "before": 1} for name in workloads]}
    machine.write("artifacts/deploy/rollout.json", noted)
    found = job("verify", VERIFY)
    return machine.run(
        found.but(commands=tuple(each.replace("WAIT_SECONDS=60", "WAIT_SECONDS=0") for each in found.commands))
    )


WORKER = {**IMAGE, "repository": "shop/worker", "digest": "sha256:worker"}
WEB_RUNS, WORKER_RUNS = "h.example.com/shop/web@sha256:new", "h.example.com/shop/worker@sha256:worker"


def test_a_workload_of_a_release_can_run_an_image_of_somebody_else(machine: Machine) -> None:
    done = rolled_out(machine, {"web": WEB_RUNS, "redis": "docker.io/library/redis@sha256:r"}, [IMAGE])

    assert done.returncode == 0, done.stderr
    assert "web runs sha256:new of h.example.com/shop/web" in done.stdout


def test_an_image_that_no_pod_of_a_release_runs_is_told(machine: Machine) -> None:
    done = rolled_out(machine, {"redis": "docker.io/library/redis@sha256:r"}, [IMAGE])

    assert done.returncode != 0
    assert "no pod runs an image of h.example.com/shop/web; got none in deployment/redis" in done.stderr


def test_a_repository_whose_name_ends_alike_is_another_one(machine: Machine) -> None:
    done = rolled_out(machine, {"web": WEB_RUNS, "b": "h.example.com/other/shop/web@sha256:b"}, [IMAGE])

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("worker", "good"), [(WORKER_RUNS, True), ("h.example.com/shop/worker@sha256:old", False)])
def test_each_of_several_images_is_verified(machine: Machine, worker: str, good: bool) -> None:
    done = rolled_out(machine, {"web": WEB_RUNS, "worker": worker}, [IMAGE, WORKER])

    assert (done.returncode == 0) == good
    assert good or "got sha256:old instead of sha256:worker" in done.stderr


TWO = {
    "web": {**BUILD, "after": ["source"]},
    "worker": {"kind": "build", "image": {"repository": "shop/worker"}, "after": ["source"]},
}


def test_a_release_is_given_the_keys_of_each_of_its_images(machine: Machine) -> None:
    machine.write("artifacts/web/image.json", IMAGE)
    machine.write("artifacts/worker/image.json", WORKER)
    machine.program("helm", HELM_CLI)
    images = {"web": {"web.image": "reference"}, "worker": {"worker.tag": "tag", "worker.digest": "digest"}}
    release = {"release": "shop", "chart": "chart", "images": images}
    found = job("deploy", {**TWO, "deploy": {"environment": "staging", "helm": release}})
    done = machine.run(found, {"UPGRADE_FAILS": "", "TEST_FAILS": ""})

    assert done.returncode == 0, done.stderr
    [call] = machine.called("helm upgrade")
    assert "--set-string web.image=h.example.com/shop/web@sha256:new" in call
    assert "--set-string worker.tag=sha-1 --set-string worker.digest=sha256:worker" in call
    noted: Any = machine.read("artifacts/deploy/rollout.json")
    assert [each["repository"] for each in noted["images"]] == ["shop/web", "shop/worker"]


def test_commands_of_ones_own_deploy_with_the_image_and_the_namespace(machine: Machine) -> None:
    said = {"environment": "staging", "commands": ['kubectl annotate web "image=$IMAGE" -n "$NAMESPACE"']}
    found = job("deploy", {"build": BUILD, "deploy": said})
    done = machine.run(found)

    assert done.returncode == 0, done.stderr
    assert "kubectl annotate web image=h.example.com/shop/web@sha256:new -n shop" in machine.calls
    assert machine.calls[0].startswith("aws eks update-kubeconfig")
    noted: Any = machine.read("artifacts/deploy/rollout.json")
    assert noted["method"] == "commands"


def test_commands_of_ones_own_need_no_image(machine: Machine) -> None:
    said = {"environment": "staging", "commands": ["kubectl rollout restart deployment/web -n shop"]}
    done = machine.run(job("deploy", {"deploy": said}))

    assert done.returncode == 0, done.stderr


def test_commands_of_a_verification_find_the_cluster_ready(machine: Machine) -> None:
    said = {"environment": "staging", "commands": ["kubectl exec deployment/web -- true"], "policy": "edit"}
    done = machine.run(job("smoke", {"smoke": {"kind": "verify", **said}}))

    assert done.returncode == 0, done.stderr
    assert machine.calls[0].startswith("aws eks update-kubeconfig")
