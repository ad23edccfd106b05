"""A real API server answers as `eks-blueprints access --who-can` does, for subjects and resources at random.

EKS judges access policies beside RBAC; here a ClusterRole with the same rules stands for each.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.wildcards import matches
from eks_blueprints.policies.inside.contents import contents
from eks_blueprints.policies.inside.objects import rule
from eks_blueprints.policies.rbac import BINDINGS, ROLES
from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording import record_directory
from eks_blueprints.rights.cluster import Rights, rights
from eks_blueprints.rights.model import Subject
from eks_blueprints.rights.who_can import can
from tests import ROOT
from tests.rights.drawn import NAMESPACES, Question, questions, stack
from tests.rights.test_who_can import ANSWERS

from .running import running, why_not
from .started import ApiServer

_API = "rbac.authorization.k8s.io"
_PATIENCE = 120
COUNT = 700


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[str, Rights, ApiServer]]]:
    """The platform of the tests of rights, and the example of teams, each on a server of its own."""
    if reason := why_not():
        pytest.skip(reason)
    teams = Stack.of_plan(record_directory(ROOT / "examples" / "teams", "prod").plan())
    with (
        running(tmp_path_factory.mktemp("platform")) as one,
        running(tmp_path_factory.mktemp("teams")) as other,
    ):
        yield [_filled("platform", stack(), one.server), _filled("teams", teams, other.server)]


def _filled(name: str, of: Stack, server: ApiServer) -> tuple[str, Rights, ApiServer]:
    found = rights(of)[0]
    for manifest in [*_written(of), *_charts(of), *_policies(found)]:
        said = server.made(manifest)
        assert said == "" or "already exists" in said, f"{manifest}: {said}"
    end = time.monotonic() + _PATIENCE
    while not _may(server, _member("system:masters"), "get", "pods"):
        assert time.monotonic() < end
        time.sleep(0.5)
    while not all(_gathered(server)):
        assert time.monotonic() < end, "no rules were gathered"
        time.sleep(0.5)
    time.sleep(2)
    return name, found, server


def _gathered(server: ApiServer) -> Iterator[bool]:
    for each in server.call(f"/apis/{_API}/v1/clusterroles")[1]["items"]:
        if each.get("aggregationRule") and each["metadata"]["name"] in ("admin", "edit", "view", "gatherer"):
            yield bool(each.get("rules"))


def _written(of: Stack) -> Iterator[Mapping[str, Any]]:
    for each in of.of(*ROLES, *BINDINGS):
        yield dict(each.inputs)


def _charts(of: Stack) -> Iterator[Mapping[str, Any]]:
    for each in contents(of):
        assert each.rendered is not None, each.how
        release, found = each.installed.namespace, each.rendered
        for key, rules in found.roles.items():
            kind, _, name = key.partition("/")
            homes = {b.namespace or release for b in found.bindings.values() if b.role == key} or {release}
            for namespace in homes if kind == "Role" else {""}:
                body: dict[str, Any] = {"rules": [rule(text) for text in rules]}
                if selectors := found.gathers.get(key):
                    body["aggregationRule"] = {"clusterRoleSelectors": list(selectors)}
                yield _object(kind, name, namespace, found.role_labels.get(key, {}), **body)
        for key, binding in found.bindings.items():
            kind, name = key.partition("/")[0], key.rpartition("/")[2]
            role_kind, _, role = binding.role.partition("/")
            namespace = "" if kind == "ClusterRoleBinding" else binding.namespace or release
            subjects = [_subject(text, release) for text in binding.subjects]
            reference = {"apiGroup": _API, "kind": role_kind, "name": role}
            yield _object(kind, name, namespace, {}, roleRef=reference, subjects=subjects)


def _subject(text: str, release: str) -> dict[str, str]:
    kind, _, name = text.partition("/")
    if kind != "ServiceAccount":
        return {"kind": kind, "name": name, "apiGroup": _API}
    namespace, _, account = name.partition("/")
    return {"kind": kind, "name": account, "namespace": namespace or release}


def _policies(found: Rights) -> Iterator[Mapping[str, Any]]:
    for number, grant in enumerate(found.grants):
        if grant.subject.kind != "principal":
            continue
        name = f"policy-{number}"
        yield _object("ClusterRole", name, "", {}, rules=[each.value for each in grant.rules])
        reference = {"apiGroup": _API, "kind": "ClusterRole", "name": name}
        subjects = [{"kind": "User", "name": _user(grant.subject, found), "apiGroup": _API}]
        places = [each for each in NAMESPACES if each and any(matches(p, each) for p in grant.namespaces or ())]
        for namespace in places:
            yield _object("RoleBinding", name, namespace, {}, roleRef=reference, subjects=subjects)
        if grant.namespaces is None:
            yield _object("ClusterRoleBinding", name, "", {}, roleRef=reference, subjects=subjects)


def _object(kind: str, name: str, namespace: str, labels: Mapping[str, str], **body: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": dict(labels)}
    if namespace:
        metadata["namespace"] = namespace
    return {"apiVersion": f"{_API}/v1", "kind": kind, "metadata": metadata, **body}


def _user(principal: Subject, of: Rights) -> str:
    """The user that a session of a principal is; sessions are called `ci`."""
    user = next(each.user for each in of.entries if each.principal == principal) or principal.name
    return user.replace("{{SessionName}}", "ci")


def _member(group: str) -> dict[str, Any]:
    return {"user": "somebody", "groups": [group, "system:authenticated"]}


def _who(subject: Subject, of: Rights) -> dict[str, Any]:
    if subject.kind == "group":
        return {"user": "somebody", "groups": [subject.name]}
    if subject.kind == "principal":
        groups = [group for each in of.entries if each.principal == subject for group in each.groups]
        return {"user": _user(subject, of), "groups": [*groups, "system:authenticated"]}
    return {"user": subject.user, "groups": list(subject.groups)}


def _may(server: ApiServer, who: Mapping[str, Any], verb: str, resource: str, **more: str) -> bool:
    resource, _, part = resource.partition("/")
    asked = {"verb": verb, "resource": resource, "subresource": part, **more}
    return _reviewed(server, {**who, "resourceAttributes": asked})


def _reviewed(server: ApiServer, spec: Mapping[str, Any]) -> bool:
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    status, said = server.call("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    assert status == 201, said
    return bool(said["status"]["allowed"])


def _answer(server: ApiServer, question: Question, of: Rights) -> bool:
    who, asked = _who(question.subject, of), question.asked
    if asked.url:
        return _reviewed(server, {**who, "nonResourceAttributes": {"verb": asked.verb, "path": asked.url}})
    more = {"group": asked.group, "namespace": question.namespace, "name": asked.name}
    return _may(server, who, asked.verb, asked.resource, **more)


def test_it_answers_as_the_server(platforms: list[tuple[str, Rights, ApiServer]]) -> None:
    """`RENEW_ANSWERS` set to anything writes what the suite without a server compares with."""
    kept: list[str] = []
    for name, of, server in platforms:
        asked = list(questions(of, COUNT, seed=1112))
        answers = {str(each): _answer(server, each, of) for each in asked}
        wrong = [str(each) for each in asked if can(of, each.subject, each.asked, each.namespace) != answers[str(each)]]
        assert wrong == [], f"{name}: {len(wrong)} of {len(asked)}"
        assert COUNT / 10 < sum(answers.values()) < COUNT * 0.9
        if name == "platform":
            kept = [f"{'yes' if may else 'no'} | {text}" for text, may in answers.items()]
    if os.environ.get("RENEW_ANSWERS"):
        Path(ANSWERS).write_text("\n".join(kept) + "\n", encoding="utf-8")
