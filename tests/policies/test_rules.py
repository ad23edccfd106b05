"""What holds for every rule."""

import re

import pytest

from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import modules, rule_named, rules
from eks_blueprints.policies.definition import Context, Rule, put_in_order, rule
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.reference.policy_pages import pages
from tests import ROOT
from tests.policies.build import UNKNOWN
from tests.policies.test_cases import CASES, NO_CASES, TODAY, outcomes

RULES = list(rules().values())
DOCS = ROOT / "docs" / "policies"
PACKAGE = ROOT / "eks_blueprints" / "policies"


@pytest.mark.parametrize("found", RULES, ids=lambda r: r.id)
def test_a_rule_says_what_why_and_how(found: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", found.id)
    assert found.title.endswith(".")
    assert len(found.title) < 110
    assert found.prose.rationale
    assert found.prose.fix
    assert found.prose.anchors
    assert found.decides
    assert found.wave in {1, 2, 3}


@pytest.mark.parametrize("found", RULES, ids=lambda r: r.id)
def test_a_rule_has_a_page(found: Rule) -> None:
    assert f"## {found.id}\n" in (DOCS / f"{found.subject}.md").read_text(encoding="utf-8")


def test_the_pages_are_current() -> None:
    """`python -m eks_blueprints.reference.policy_pages` writes them."""
    made = pages()
    assert {path.name for path in DOCS.glob("*.md")} == set(made)
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, name


def test_tables_hold_only_rules_of_their_module() -> None:
    for name in modules():
        table = PACKAGE / "rules" / f"{name}.toml"
        ids = set(re.findall(r"^\[([\w-]+)\]$", table.read_text(encoding="utf-8"), re.MULTILINE))
        assert ids == {each.id for each in RULES if each.subject == name}


def test_cases_are_of_rules() -> None:
    assert set(CASES) == {each.id for each in RULES} - NO_CASES


def test_files_are_short() -> None:
    long = {path.name: n for path in PACKAGE.rglob("*.py") if (n := len(path.read_text().splitlines())) > 300}
    assert not long


def _unknown(resource: Resource, key: str) -> Resource:
    inputs = {**resource.inputs, key: UNKNOWN}
    return Resource(
        resource.urn, resource.type, resource.name, inputs, provider=resource.provider, parent=resource.parent
    )


@pytest.mark.parametrize("name", sorted(set(rules()) - NO_CASES))
def test_an_unknown_property_is_no_pass(name: str) -> None:
    """The property that makes a resource fail, made unknown as a whole, never makes it pass in silence."""
    found = rules()[name]
    for scene in CASES[name]:
        options = {k: v for each in scene if isinstance(each, dict) for k, v in each.items()}
        resources = [each for each in scene if not isinstance(each, dict)]
        params = {**found.params, **options}
        stack = Stack([Resource(**_fields(each)) for each in resources])
        for resource in stack.of(*found.types):
            context = Context(stack, resource, params, "production", TODAY)
            outcome, faults, _ = judge(found, context)
            keys = {fault.path[0] for fault in faults if fault.path and fault.path[0] in resource.inputs}
            if outcome != "fail" or len(keys) != 1 or len(faults) != 1:
                continue
            key = str(keys.pop())
            changed = [
                _unknown(r, key) if r.name == resource.name and r.type == resource.type else r for r in stack.resources
            ]
            other = Stack([Resource(**_fields(each)) for each in changed])
            mine = next(
                (r for r in other.of(*found.types) if r.name == resource.name and r.type == resource.type), None
            )
            if mine is None:
                continue
            verdict = judge(found, Context(other, mine, params, "production", TODAY))[0]
            assert verdict != "pass", (resource.name, key)


def _fields(resource: Resource) -> dict[str, object]:
    names = ("urn", "type", "name", "inputs", "options", "parent", "provider", "dependencies", "property_dependencies")
    return {name: getattr(resource, name) for name in names}


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean k8s-pdb-required"):
        rule_named("k8s-pdb-require")


def test_two_rules_cannot_have_one_id() -> None:
    with pytest.raises(ValueError, match="two rules have one id"):

        @rule("k8s-pdb-required", severity="low", enforcement="advisory")
        def another(_: object) -> None:
            """Another."""


def test_patches_are_judged_by_what_they_set() -> None:
    """A patch that says nothing about a property leaves it as it is."""
    patch = Resource("urn:p", "kubernetes:apps/v1:DeploymentPatch", "fail-patch", _deployment(privileged=True))
    assert outcomes("k8s-no-privileged-containers", [patch]) == {"fail-patch": "fail"}
    patch = Resource("urn:p", "kubernetes:apps/v1:DeploymentPatch", "patch", _deployment())
    assert outcomes("k8s-requests-set", [patch]) == {}


def _deployment(**context: bool) -> dict[str, object]:
    container = {"name": "app", "securityContext": context}
    return {"metadata": {"namespace": "shop"}, "spec": {"template": {"spec": {"containers": [container]}}}}


def test_rules_are_in_the_order_of_the_pages_whichever_was_imported_first() -> None:
    known = rules()
    order = list(known)
    first = known[order[0]].check.__module__
    for id_ in [each for each in order if known[each].check.__module__ == first]:
        known[id_] = known.pop(id_)
    assert list(known) != order
    put_in_order([f"eks_blueprints.policies.rules.{name}" for name in modules()])
    assert list(rules()) == order
