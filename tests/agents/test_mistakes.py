"""What is said about `gitops` that is wrong or doubtful, and where."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .said import ADDONS, SPOKE, SPOKE_ROLE, made, told

ARGOCD, FLUX, EKS = ADDONS["argocd"], ADDONS["flux"], ADDONS["capability"]
OPEN = {"url": "https://github.com/acme/open"}
KEY = {"ssh_key": {"secret": "shop-key"}}
SSH = {"url": "git@github.com:acme/shop.git", "credentials": KEY}
BASE: dict[str, Any] = {"repositories": {"open": OPEN}, "applications": {"a": {"repository": "open"}}}
PROJECT = {"repositories": ["open"], "destinations": [{"namespaces": ["shop"]}]}


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good one, with something set at a path."""
    said = copy.deepcopy(BASE)
    at: Any = said
    *inside, last = path.split(".")
    for key in inside:
        at = at.setdefault(key, {})
    at[last] = value
    return said


@pytest.mark.parametrize("addons", [ARGOCD, FLUX, EKS], ids=["argocd", "flux", "eks"])
def test_the_good_one_is_fine(addons: dict[str, Any]) -> None:
    assert told(BASE, addons) == []


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (
            "applications.a.repository",
            "opne",
            'applications.a.repository: no such repository; got "opne"; did you mean open?',
        ),
        ("applications.a.project", "shop", 'applications.a.project: no such project; got "shop"; there is none'),
        ("applications.a.cluster", "far", 'applications.a.cluster: no such cluster; got "far"; there is none'),
        ("applications.a.depends_on", ["b"], 'applications.a.depends_on[0]: no such application; got "b"'),
        ("applications.a.depends_on", ["a"], "applications.a.depends_on: leads back to it"),
        ("applications.a.chart", "web", "applications.a.revision: is the version of the chart"),
        ("applications.a.namespace", "Shop", "applications.a.namespace: is not a valid name of a namespace"),
        ("applications.A_b", {"repository": "open"}, "applications.A_b: is not a valid short name"),
        ("projects.p", {**PROJECT, "repositories": ["x"]}, 'projects.p.repositories[0]: no such repository; got "x"'),
        (
            "projects.p",
            {**PROJECT, "destinations": [{"cluster": "x", "namespaces": ["a"]}]},
            "destinations[0].cluster: no such cluster",
        ),
        ("projects.p", {**PROJECT, "destinations": [{"namespaces": []}]}, "destinations[0].namespaces"),
        (
            "projects.p",
            {**PROJECT, "destinations": [{"cluster": "*", "namespaces": ["A b"]}]},
            "is not a name or pattern of a namespace",
        ),
        (
            "projects.p",
            {**PROJECT, "repositories": ["https://x/*"], "cluster_kinds": ["namespace"]},
            "cluster_kinds[0]: is not a kind",
        ),
        ("notifications.n", {"when": ["degraded"]}, "notifications.n.slack: or another receiver is required"),
        (
            "notifications.n",
            {"slack": {"channel": "a", "token": "xoxb-1"}},
            "notifications.n.slack.token: is stored in plain text",
        ),
        (
            "notifications.n",
            {"slack": {"channel": "a", "token": {"secret": "slack"}}, "applications": ["x"]},
            "applications[0]: no such application",
        ),
        (
            "repositories.open.credentials",
            {"token": "ghp_1"},
            "repositories.open.credentials.token: is stored in plain text",
        ),
        (
            "repositories.open.credentials",
            {},
            "repositories.open.credentials.ssh_key: or another way to sign in is required",
        ),
        ("repositories.open.credentials", KEY, "credentials.ssh_key: is for ssh"),
        ("repositories.open.url", "https://me:pw@github.com/x", "repositories.open.url: contains a password"),
        ("repositories.open.url", "ftp://x", "repositories.open.url"),
        ("applications.a.path", "/clusters/prod", "applications.a.path: is not a folder in the repository"),
        ("applications.a.path", "prod/../..", "applications.a.path: is not a folder in the repository"),
        ("repositories.open.type", "oci", "repositories.open.url: begins with oci:// for type oci"),
        (
            "image_updates.i",
            {"image": "x/y:1", "application": "a", "semver": "~1"},
            "image_updates.i.image: is not an image without a tag",
        ),
        ("image_updates.i", {"image": "x.io/y", "application": "a"}, "image_updates.i.semver: or newest is required"),
        (
            "image_updates.i",
            {"image": "x.io/y", "application": "b", "semver": "~1"},
            "image_updates.i.application: no such application",
        ),
        (
            "image_updates.i",
            {"image": "x.io/y", "application": "a", "semver": "~1"},
            "write_back.repository: needs to push; got a repository without credentials",
        ),
        (
            "image_updates.i",
            {"image": "x.io/y", "application": "a", "semver": "~1", "tags": "("},
            "tags: is not a regular expression",
        ),
        ("clusters.c", {"arn": "x"}, "clusters.c.arn: is not a valid ARN of a cluster"),
        (
            "clusters.c",
            {"arn": SPOKE, "endpoint": "https://x.com"},
            "clusters.c.certificate_authority: is required with the other",
        ),
        ("hub", {"principal_arn": SPOKE_ROLE, "policy": "veiw"}, "hub.policy"),
        ("hub", {"principal_arn": SPOKE_ROLE, "namespaces": ["a"]}, "hub.policy: is for the whole cluster"),
    ],
)
def test_what_is_wrong_is_refused(path: str, value: Any, what: str) -> None:
    found = told(changed(path, value), ARGOCD)
    assert all(each.startswith("gitops.") for each in found)
    assert what in found[0]


@pytest.mark.parametrize("schedule", ["0 25 * * *", "0 22 * *", "0 0 30 2 *", "x"])
def test_a_window_that_never_opens_is_refused(schedule: str) -> None:
    window = {"kind": "deny", "schedule": schedule, "duration": "8h"}
    (said,) = told(changed("projects.p", {**PROJECT, "sync_windows": {"w": window}}), ARGOCD)
    assert said.startswith("gitops.projects.p.sync_windows.w.schedule: ")


@pytest.mark.parametrize(
    ("application", "what"),
    [
        ({"repository": "shop"}, "repository: is not allowed by the project p; got shop"),
        (
            {"repository": "open", "namespace": "prod"},
            'namespace: is not among the destinations of the project p; got "prod"',
        ),
        ({"repository": "open", "cluster": "far"}, "cluster: is not among the destinations of the project p; got far"),
    ],
)
def test_an_application_that_its_project_does_not_allow(application: Any, what: str) -> None:
    held = {"endpoint": "https://x.example.com", "certificate_authority": "QUJDREVGR0hJSktMTU5PUA=="}
    gitops = {
        "repositories": {"open": OPEN, "shop": {**SSH, "url": "git@github.com:acme/x.git"}},
        "projects": {"p": PROJECT},
        "clusters": {"far": {"arn": SPOKE, **held}},
        "applications": {"a": application},
    }
    (said,) = told(gitops, ARGOCD)
    assert said.startswith(f"gitops.applications.a.{what}")


def test_several_projects_are_named() -> None:
    said = changed("projects", {"p": PROJECT, "q": PROJECT})
    assert told(said, ARGOCD)[0].startswith("gitops.applications.a.project: is required where there are several")


def test_an_agent_is_needed() -> None:
    (said,) = told(BASE, {})
    assert said.startswith("gitops: needs Argo CD or Flux on the cluster; got addons without it")
    assert told({"hub": {"principal_arn": SPOKE_ROLE}}, {}) == []
    assert "add fluxcd: {} to addons" in told({**BASE, "by": "flux"}, ARGOCD)[0]


FAR = {"arn": SPOKE, "role_arn": SPOKE_ROLE}
SET = {"generators": [{"clusters": {}}], "template": {"name": "{{ .name }}", "repository": "open"}}
SLACK = {"slack": {"channel": "a", "token": {"secret": "slack"}}}
TOKEN = {"url": "https://github.com/acme/open", "credentials": {"token": {"secret": "hook"}}}
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a"


@pytest.mark.parametrize(
    ("addons", "path", "value", "where"),
    [
        (FLUX, "application_sets.s", SET, "application_sets.s: is for Argo CD; got Flux"),
        (FLUX, "repositories.open", SSH, "repositories.open.credentials.known_hosts: is required by Flux"),
        (FLUX, "projects.p", {**PROJECT, "roles": {"a": {}}}, "projects.p.roles: is for Argo CD"),
        (
            FLUX,
            "projects.p",
            {**PROJECT, "destinations": [{"namespaces": ["shop-*"]}]},
            "projects.p.destinations: is a pattern",
        ),
        (FLUX, "clusters.far", FAR, "clusters.far.role_arn: is for Argo CD by its chart; got Flux"),
        (FLUX, "applications.a.sync", {"self_heal": False}, "applications.a.sync.self_heal: is always on in Flux"),
        (FLUX, "applications.a.values", {"a": 1}, "applications.a.values: are for charts"),
        (FLUX, "applications.a.value_files", ["x.yaml"], "applications.a.value_files: is for Argo CD"),
        (
            FLUX,
            "repositories.open.credentials",
            {"secret_arn": ARN},
            "credentials.secret_arn: is for the EKS capability",
        ),
        (FLUX, "repositories.open.credentials", {"iam_role": True}, "credentials.iam_role: is for registries"),
        (
            ARGOCD,
            "repositories.open.credentials",
            {"secret_arn": ARN},
            "credentials.secret_arn: is for the EKS capability",
        ),
        (
            ARGOCD,
            "repositories.open.credentials",
            {"iam_role": True},
            "credentials.iam_role: is for the EKS capability",
        ),
        (ARGOCD, "repositories.open.webhook", {"token": {"secret": "hook"}}, "webhook: is for Flux; got Argo CD"),
        (ARGOCD, "clusters.far", FAR, "clusters.far.endpoint: is required by Argo CD by its chart"),
        (EKS, "notifications.n", SLACK, "notifications.n: is not part of the EKS capability"),
        (EKS, "clusters.far", FAR, "clusters.far.role_arn: is for Argo CD by its chart"),
    ],
)
def test_what_an_agent_cannot_do_is_refused(addons: Any, path: str, value: Any, where: str) -> None:
    (said,) = told(changed(path, value), addons)
    assert where in said


def test_what_needs_another_add_on_is_refused() -> None:
    update = {"image": "x.io/y", "application": "a", "semver": "~1"}
    said = {**changed("image_updates.i", update), "repositories": {"open": TOKEN}}
    assert "needs Argo CD Image Updater" in told(said, {"argocd": {}})[0]
    stored = {"external_secret": {"store": "aws", "key": "a"}}
    (found,) = told(changed("repositories.open.credentials", stored), {"argocd": {}})
    assert "external_secret: needs external_secrets" in found
    _, found = told(
        changed("clusters.c", {"arn": SPOKE}), {"fluxcd": {}}, core_addons=["vpc_cni", "kube_proxy", "coredns"]
    )
    assert "addons.fluxcd.spoke_arns: needs EKS Pod Identity" in found


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("repositories.open.url", "git@github.com:acme/x.git", "credentials: is read by SSH"),
        (
            "repositories.open.url",
            "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/x",
            "credentials: is kept by AWS",
        ),
        ("applications.a.sync", {"prune": False}, "applications.a.sync.prune: is self-healed but not pruned"),
    ],
)
def test_what_is_doubtful_is_told_and_made_all_the_same(path: str, value: Any, what: str) -> None:
    said = changed(path, value)
    (found,) = told(said, {"argocd": {}})
    assert found.startswith("warning: gitops.")
    assert what in found
    assert made(said, {"argocd": {}}).all("kubernetes:argoproj.io/v1alpha1:Application")


def test_updates_by_name_say_which_tags_count() -> None:
    said = changed("repositories.open.credentials", {"token": {"secret": "token"}})
    said["image_updates"] = {"i": {"image": "x.io/y", "application": "a", "newest": "name"}}
    doubt = "image_updates.i.tags: counts all that the repository holds"
    assert any(doubt in each for each in told(said, {"fluxcd": {}}))
    said["image_updates"]["i"]["tags"] = "^main-[0-9]{14}-[0-9a-f]{7}$"
    assert not any(doubt in each for each in told(said, {"fluxcd": {}}))


def test_two_makers_of_one_object_are_told() -> None:
    team = {"shop-team": {"gitops": {"url": "https://github.com/acme/shop"}}}
    said = changed("projects", {"shop-team": {**PROJECT, "repositories": ["open"]}})
    found = told(said, ARGOCD, teams=team)
    assert any('is defined twice; got AppProject "shop-team"' in each for each in found)


def test_sso_says_what_is_missing() -> None:
    oidc = {"issuer": "https://id.example.com", "client_id": "a"}
    assert "addons.argocd.domain: is required for sso" in told({}, {"argocd": {"sso": {"oidc": oidc}}})[0]
    plain = {"oidc": {**oidc, "client_secret": "s3cret"}}
    assert "client_secret: is stored in plain text" in told({}, {"argocd": {"domain": "a.b.c", "sso": plain}})[0]
    dex = {"dex_connectors": [{"type": "github", "id": "g", "config": {"clientSecret": {"secret": "a"}}}]}
    said = told({}, {"argocd": {"domain": "a.b.c", "sso": dex}})[0]
    assert "dex_connectors[0].config.clientSecret: would be stored in a ConfigMap" in said


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (BASE, "gitops.applications.a"),
        (
            {
                "repositories": {"open": OPEN},
                "application_sets": {
                    "many": {
                        "generators": [{"list": {"elements": [{"name": "a"}]}}],
                        "template": {"name": "{{ .name }}", "repository": "open", "path": "a"},
                    }
                },
            },
            "gitops.application_sets.many",
        ),
    ],
    ids=["application", "set"],
)
def test_a_capability_needs_rights_on_the_cluster_that_it_deploys_to(said: dict[str, Any], where: str) -> None:
    bare = {"argocd_capability": {**EKS["argocd_capability"], "access_policies": []}}
    (found,) = told(said, bare)
    assert found.startswith(
        f"addons.argocd_capability.access_policies: is required where it deploys to its own cluster ({where})"
    )
    assert told(said, EKS) == []
    elsewhere = changed("clusters", {"far": {"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/far"}})
    elsewhere["applications"]["a"]["cluster"] = "far"
    assert told(elsewhere, bare) == []
