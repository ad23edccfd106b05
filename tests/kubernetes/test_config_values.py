"""`{config: key}` in an object is read as what its field takes, by a check, a preview and a deployment alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.addons.manifests import Manifests
from eks_blueprints.core.references import resolve
from eks_blueprints.review.preview.targets import stack_target
from tests.kubernetes.test_objects import HEAD, POD
from tests.test_one_verdict import by_check, by_preview

LABELS = {"app": "web"}


def settled(config: dict[str, str], **manifest: Any) -> dict[str, Any]:
    """An object with its references looked up."""
    addon = Manifests.model_validate({"manifests": {"a": {"metadata": {"name": "a"}, **manifest}}})
    return dict(resolve(addon, lambda reference: config.get(str(reference.config)), []).manifests["a"])


def deployment(replicas: Any, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": LABELS}, "spec": {**POD, **spec}}
    selector = {"matchLabels": LABELS}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    }


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("0", 0), ("+4", 4)])
def test_a_number(text: str, value: int) -> None:
    assert settled({"n": text}, **deployment({"config": "n"}))["spec"]["replicas"] == value


def test_each_field_takes_its_own() -> None:
    pod = {
        "hostNetwork": {"config": "host"},
        "containers": [
            {
                "name": "web",
                "image": {"config": "image"},
                "env": [{"name": "A", "value": {"config": "n"}}],
                "livenessProbe": {"httpGet": {"port": {"config": "n"}}},
                "readinessProbe": {"httpGet": {"port": {"config": "port"}}},
                "resources": {"requests": {"cpu": {"config": "n"}}},
            }
        ],
    }
    texts = {"host": "true", "image": "nginx:1", "n": "3", "port": "http"}
    spec = settled(texts, apiVersion="v1", kind="Pod", spec=pod)["spec"]
    (container,) = spec["containers"]
    assert spec["hostNetwork"] is True
    assert container["image"] == "nginx:1"
    assert container["env"][0]["value"] == "3"
    assert container["livenessProbe"]["httpGet"]["port"] == 3
    assert container["readinessProbe"]["httpGet"]["port"] == "http"
    assert container["resources"]["requests"]["cpu"] == "3"


def test_custom_resources_and_what_nothing_knows() -> None:
    topic = {"apiVersion": "kafka.strimzi.io/v1", "kind": "KafkaTopic", "spec": {"partitions": {"config": "n"}}}
    assert settled({"n": "3"}, **topic)["spec"]["partitions"] == 3
    other = {"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"size": {"config": "n"}}}
    assert settled({"n": "3"}, **other)["spec"]["size"] == "3"


@pytest.mark.parametrize(
    ("text", "message"), [("3", None), ("three", 'config n does not fit: needs a whole number; got "three"')]
)
def test_check_and_preview_agree(tmp_path: Path, text: str, message: str | None) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("from eks_blueprints import stackfile\nstackfile.deploy('prod.yaml')\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(f'config: {{shop:n: "{text}"}}\n')
    file = tmp_path / "prod.yaml"
    file.write_text(
        HEAD + "      a: {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: {config: n}, "
        "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        "spec: {containers: [{name: a, image: b}]}}}}\n"
    )
    one, other = by_check(file), by_preview(file, stack_target(str(file)))
    for said in (one, other):
        assert said is None if message is None else f"addons.objs.manifests.a.spec.replicas: {message}" in (said or "")
