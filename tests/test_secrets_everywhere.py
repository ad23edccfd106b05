"""A secret planted in every input of every kind: no plan, finding, report, exception or warning has it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from eks_blueprints.addons.base import AddOn
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.elements import Element, element_class, kinds
from eks_blueprints.core.errors import InputError, problems_of
from eks_blueprints.core.references import resolve
from eks_blueprints.core.refs import Ground, NetworkRef
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording import Plan, ProgramError
from eks_blueprints.reference.addon_facts import samples
from eks_blueprints.review.diff.values import same
from eks_blueprints.review.preview.json_form import written
from eks_blueprints.review.preview.run import findings
from eks_blueprints.testing import record, record_stack
from tests import SCHEMA
from tests.builders import SUBNETS, cluster_ref
from tests.commands import called

CANARY = "canary-4711-hush"
GROUND = Ground(version="1.34", network=NetworkRef(vpc_id="vpc-0123456789abcdef0", subnets=SUBNETS), oidc_provider=True)
DEFINITIONS: dict[str, Any] = SCHEMA["$defs"]
KINDS = [(base, kind) for base in (AddOn, Compute) for kind in kinds(base)]
LEAST: dict[str, Any] = {
    **samples(),
    "hybrid_nodes": {"role_arn": "arn:aws:iam::111122223333:role/hybrid"},
    "self_managed_nodes": {"instance_types": ["m7g.large"], "image": {"release": "1.34.1-20251007"}},
    "fargate": {"selectors": [{"namespace": "default"}]},
    "karpenter": {"node_pools": {"general": {}}},
}
OPEN = {"values", "configuration_values"}


def planted(schema: dict[str, Any], name: str) -> Iterator[Any]:
    """Values of a field in which a reference stands, one for each place that takes one."""
    if ref := schema.get("$ref"):
        kind = ref.rpartition("/")[2]
        if kind == "Reference":
            yield {"secret": "hush"}
        else:
            yield from planted(DEFINITIONS[kind], name)
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from planted(part, name)
    if name in OPEN:
        yield {"a": [{"b": {"secret": "hush"}}]}
    elif isinstance(inner := schema.get("additionalProperties"), dict):
        yield from ({"key": each} for each in planted(inner, name))
    elif schema.get("type") == "array":
        yield from ([each] for each in planted(schema.get("items", {}), name))
    elif schema.get("type") == "object" and not schema.get("required"):
        fields = schema.get("properties", {})
        yield from ({field: each} for field in fields for each in planted(fields[field], field))


def told(base: type[Element], kind: str, fields: dict[str, Any]) -> Iterator[str]:
    """All that anybody is told of an element: as it is written down, planned, judged, or refused."""
    try:
        spec = element_class(base, kind).model_validate(LEAST.get(kind, {}) | fields)
    except ValidationError as error:
        yield "\n".join(map(str, problems_of(error)))
        return
    yield repr(spec) + spec.model_dump_json()

    def program() -> None:
        found = resolve(spec, lambda _: pulumi.Output.secret(CANARY), [])
        getattr(found, "install" if base is AddOn else "attach")(cluster_ref())

    try:
        run = record(program)
    except (ProgramError, InputError) as error:
        yield f"{error}{error!r}{error.__cause__!r}"
        return
    yield run.plan.to_json() + repr(list(findings(run.recording))) + repr(run.recording.logs)
    yield repr(check_stack(Stack.of_plan(run.plan), profile="regulated"))


@pytest.mark.parametrize(("base", "kind"), KINDS, ids=lambda each: each if isinstance(each, str) else each.group)
def test_no_kind_of_element_tells_a_secret(base: type[Element], kind: str) -> None:
    fields = DEFINITIONS[f"{base.group}.{kind}"]["properties"]
    ways = [{field: value} for field, schema in fields.items() for value in planted(schema, field)]
    assert ways
    # All that go together at once, and then each of the others.
    whole: dict[str, Any] = {}
    alone = []
    for way in ways:
        try:
            element = element_class(base, kind).model_validate(LEAST.get(kind, {}) | whole | way)
            fits = not list(element.problems_on(GROUND))
        except ValidationError:
            fits = False
        if fits:
            whole |= way
        else:
            alone.append(way)
    texts = [text for way in [whole, *alone] for text in told(base, kind, way)]
    assert CANARY not in "".join(texts)
    # Plain objects have no role that a boundary could bound.
    assert any("$secret" in text for text in texts) or kind == "manifests"


PLATFORM = """\
region: eu-west-1
network: {}
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {nodes: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
"""
OBJECTS = {
    "a Secret": "q: {apiVersion: v1, kind: Secret, metadata: {name: q}, stringData: {k: canary-4711-hush}}",
    "one in a List": "q: {apiVersion: v1, kind: List, metadata: {name: q}, items: [{apiVersion: v1, kind: Secret, "
    "metadata: {name: z}, data: {k: canary-4711-hush}}]}",
    "a name": "q: {apiVersion: v1, kind: ConfigMap, metadata: {name: q, namespace: {secret: hush}}, data: {a: b}}",
    "labels": "q: {apiVersion: v1, kind: ConfigMap, metadata: {name: q, labels: {a: {secret: hush}}}, data: {a: b}}",
    "all of a map": "q: {apiVersion: v1, kind: ConfigMap, metadata: {name: q}, data: {b: {secret: hush}}}",
    "the wrong place": "q: {apiVersion: v1, kind: ConfigMap, metadata: {secret: hush}, data: {a: b}}",
    "the kind": "q: {apiVersion: v1, kind: {secret: hush}, metadata: {name: q}}",
}


@pytest.mark.parametrize("what", OBJECTS)
def test_no_object_tells_a_secret(tmp_path: Path, what: str) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(f"{PLATFORM}  manifests:\n    manifests:\n      {OBJECTS[what]}\n")
    refused: ProgramError | None = None
    try:
        run = record_stack(file, project="shop", config={"hush": CANARY}, secret_config_keys=["hush"])
    except ProgramError as error:
        refused = error
    if refused is not None:
        assert "prod.yaml:12:" in str(refused)
        assert CANARY not in f"{refused}{refused!r}"
        return
    text = run.plan.to_json() + repr(list(findings(run.recording))) + repr(run.recording.logs)
    assert CANARY not in text + repr(check_stack(Stack.of_plan(run.plan), profile="regulated"))
    assert '"$secret"' in text


def test_secrets_of_any_program_are_masked() -> None:
    """Typed or not, alone or in the text or the objects of a group: what is in a Secret is secret."""
    import pulumi_kubernetes as kubernetes

    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"k": CANARY}}

    def program() -> None:
        kubernetes.core.v1.Secret("typed", string_data={"k": CANARY})
        kubernetes.core.v1.SecretPatch("patch", string_data={"k": CANARY})
        pulumi.CustomResource("kubernetes:core/v1:Secret", "untyped", dict(manifest))
        kubernetes.yaml.v2.ConfigGroup("objects", objs=[manifest])
        kubernetes.yaml.v2.ConfigGroup("text", yaml=f"a: b\n---\n{json.dumps(manifest)}\n---\nc: d\n")
        kubernetes.helm.v3.Release("chart", chart="x", values={"extra": [manifest]})
        pulumi.export("manifest", manifest)

    run = record(program)
    assert CANARY not in run.plan.to_json()
    text = next(each.inputs["yaml"] for each in run.plan.resources if each.name == "text")
    assert text.startswith("a: b\n---\n")
    assert text.endswith("---\nc: d\n")


@pytest.mark.parametrize(
    "inputs",
    [
        {"name": "x" * 300},
        {"namespace": "Not A Name"},
        {"labels": {"bad key!": "x"}},
    ],
)
def test_findings_do_not_quote_what_is_secret_as_a_whole(inputs: dict[str, Any]) -> None:
    import pulumi_kubernetes as kubernetes

    def program() -> None:
        secret = {key: pulumi.Output.secret(value) for key, value in inputs.items()}
        kubernetes.core.v1.ConfigMap("map", metadata=secret, data={})
        kubernetes.core.v1.ConfigMap("whole", metadata=pulumi.Output.secret(inputs), data={})

    found = list(findings(record(program).recording))
    assert found
    for value in ("x" * 8, "Not A", "bad key"):
        assert value not in repr(found)


EVERY_PLACE = """\
region: eu-west-1
tags: {db_password: canary-4711-hush}
network: {}
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute:
  nodes:
    kind: managed_nodes
    pre_bootstrap_scripts:
      - |
        #!/bin/bash
        export DB_PASSWORD=canary-4711-hush
        curl -H "Authorization: Bearer canary-4711-hush" https://example.com --token=canary-4711-hush
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
  shop:
    kind: helm
    chart: shop
    version: 1.2.3
    namespace: shop
    repository: https://charts.example.com
    values:
      apiPassword: canary-4711-hush
      args: ["--token", "canary-4711-hush", "--verbose"]
      env: [{name: API_TOKEN, value: canary-4711-hush}]
      url: postgres://app:canary-4711-hush@db/shop
      key: |
        -----BEGIN RSA PRIVATE KEY-----
        canary-4711-hush
        -----END RSA PRIVATE KEY-----
  manifests:
    manifests:
      q:
        apiVersion: v1
        kind: ConfigMap
        metadata:
          {name: q, namespace: default, labels: {password: canary-4711-hush}, annotations: {token: canary-4711-hush}}
        data: {DB_PASSWORD: canary-4711-hush, app.conf: "a: 1\\npassword: canary-4711-hush\\n"}
"""
COMMANDS = [
    "check dev.yaml",
    *(f"check dev.yaml --format {form}" for form in ("text", "markdown", "json", "sarif", "github", "junit")),
    "preview dev.yaml",
    "preview dev.yaml --full",
    "preview dev.yaml --format json",
    "show dev.yaml",
    "show dev.yaml --format json",
    "check dev.yaml --policies --profile regulated --format sarif",
    "check --all --shard 1/1 --policies --format json",
    "preview --all --shard 1/1 --format json",
    "placement dev.yaml --format json",
    "teardown dev.yaml --dry-run --format json",
    "upgrade plan dev.yaml",
    "upgrade plan dev.yaml --format markdown",
    "upgrade plan dev.yaml --format json",
    "upgrade calendar dev.yaml --format html",
    "migrate gp2-to-gp3 dev.yaml",
    "migrate helm-to-argocd dev.yaml --format json",
    "migrate helm-to-flux dev.yaml --write",
]


@pytest.fixture
def told_by(tmp_path: Path) -> Any:
    (tmp_path / "__main__.py").write_text("from eks_blueprints import stackfile\n\nstackfile.deploy('dev.yaml')\n")
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "dev.yaml").write_text(EVERY_PLACE)

    def run(command: str) -> str:
        done = called(*command.split(), cwd=tmp_path)
        assert done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_tells_a_secret_that_is_written_in_plain_text(told_by: Any, command: str) -> None:
    text = told_by(command)
    assert CANARY not in text
    assert CANARY not in "".join(map(_decoded, re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text)))


def test_a_plan_without_its_secrets_is_judged_and_compared_as_one_with_them(told_by: Any, tmp_path: Path) -> None:
    assert "[plain-secret]" in told_by("preview dev.yaml --format json")
    plan = record_stack(tmp_path / "dev.yaml", project="shop").plan
    masked = Plan.from_json(json.dumps(written(json.loads(plan.to_json()))))
    assert CANARY not in masked.to_json()
    secrets = {"eks-node-user-data-no-secrets", "helm-values-no-secrets", "k8s-no-plaintext-secrets"}
    found = [{each.policy for each in check_stack(Stack.of_plan(each)).findings} & secrets for each in (plan, masked)]
    assert found == [secrets, secrets]
    for old, new in zip(masked.resources, plan.resources, strict=True):
        assert same(old.inputs, new.inputs), new.name
    other = Plan.from_json(plan.to_json().replace("example.com", "example.org"))
    assert not all(same(old.inputs, new.inputs) for old, new in zip(masked.resources, other.resources, strict=True))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(errors="replace")
    except ValueError:
        return ""
