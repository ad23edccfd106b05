"""What agents keep, as a stack file says it, on a small platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pydantic import ValidationError
from ruamel.yaml import YAML

from eks_blueprints import Blueprint, BlueprintArgs
from eks_blueprints.core.errors import problems_of
from eks_blueprints.testing import Recorded, record

BASE: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35", "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}},
    "compute": {"nodes": {"kind": "managed_nodes"}},
    "namespaces": {"shop": {}},
}
SECRETS = ("app-key", "shop-key", "slack", "pager", "teams", "hook", "sso")
SPOKE = "arn:aws:eks:eu-west-1:111122223333:cluster/spoke"
SPOKE_ROLE = "arn:aws:iam::111122223333:role/spoke-gitops"

EVERYTHING = """
repositories:
  platform:
    url: https://github.com/acme/platform
    credentials: {github_app: {id: 12345, installation_id: 678, private_key: {secret: app-key}}}
  shop:
    url: git@github.com:acme/shop.git
    credentials: {ssh_key: {secret: shop-key}, known_hosts: github.com ssh-ed25519 AAAA}
  charts: {url: "oci://ghcr.io/acme/charts", type: helm, credentials: {external_secret: {store: aws, key: gitops/ghcr}}}
projects:
  platform:
    repositories: [platform, charts]
    destinations: [{namespaces: ["*"]}, {cluster: spoke, namespaces: ["*"]}]
    cluster_kinds: [Namespace, rbac.authorization.k8s.io/ClusterRole]
  shop: {repositories: [shop], destinations: [{namespaces: [shop]}]}
applications:
  root: {repository: platform, path: clusters/hub, project: platform}
  shop: {repository: shop, path: overlays/prod, project: shop, namespace: shop, depends_on: [root]}
  podinfo:
    {repository: charts, chart: podinfo, revision: 6.9.0, project: platform, cluster: spoke, values: {replicaCount: 2}}
notifications:
  chat: {slack: {channel: deployments, token: {secret: slack}}, when: [sync_failed, degraded, deployed]}
  pager: {webhook: {url: "https://pager.example.com/hook", token: {secret: pager}}, applications: [shop, podinfo]}
  teams: {teams: {url: {secret: teams}}}
image_updates:
  web: {image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web, application: shop, semver: ~1.4, tags: "^1"}
"""
"""What both agents take."""

_FOR_ARGOCD = """
projects:
  platform:
    roles: {deployer: {allow: [get, sync], logs: true, groups: [platform-team]}}
    sync_windows: {nights: {kind: deny, schedule: "0 22 * * *", duration: 8h, time_zone: Europe/Dublin}}
application_sets:
  teams:
    generators: [{matrix: [{clusters: {labels: {env: prod}}}, {git: {repository: platform, directories: ["teams/*"]}}]}]
    template:
      name: "{{ .name }}-{{ .path.basename }}"
      repository: platform
      path: "{{ .path.path }}"
      project: platform
      cluster: "{{ .name }}"
      labels: {env: "{{ .metadata.labels.env }}"}
    waves: [{labels: {env: dev}}, {labels: {env: prod}, at_once: 25%}]
  tenants:
    generators: [{list: {elements: [{name: a}, {name: b}]}}]
    template: {name: "tenant-{{ .name }}", repository: platform, path: tenants, project: platform}
    on_removal: keep_objects
"""


def everything(by: str) -> dict[str, Any]:
    """All that an agent takes, with a spoke."""
    said: dict[str, Any] = _read(EVERYTHING)
    if by == "argocd":
        more = _read(_FOR_ARGOCD)
        said["projects"]["platform"] |= more["projects"]["platform"]
        said["application_sets"] = more["application_sets"]
        held = {
            "endpoint": "https://A.gr7.eu-west-1.eks.amazonaws.com",
            "certificate_authority": "QUJDREVGR0hJSktMTU5PUA==",
        }
        said["clusters"] = {"spoke": {"arn": SPOKE, "role_arn": SPOKE_ROLE, "labels": {"env": "prod"}, **held}}
    else:
        said["repositories"]["platform"]["webhook"] = {"token": {"secret": "hook"}}
        said["clusters"] = {"spoke": {"arn": SPOKE}}
    return said


ADDONS: dict[str, dict[str, Any]] = {
    "argocd": {"argocd": {}, "argocd_image_updater": {}, "external_secrets": {}},
    "flux": {"fluxcd": {}, "external_secrets": {}},
    "capability": {
        "argocd_capability": {
            "idc_instance_arn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
            "access_policies": [{"policy": "cluster_admin"}],
        }
    },
}


def platform(gitops: Mapping[str, Any], addons: Mapping[str, Any], **fields: Any) -> BlueprintArgs:
    """The platform with an agent on it."""
    return BlueprintArgs.model_validate({**BASE, "addons": addons, **fields, "gitops": gitops})


def made(gitops: Mapping[str, Any], addons: Mapping[str, Any], **fields: Any) -> Recorded:
    """What is made of it."""
    args = platform(gitops, addons, **fields)
    config = {f"project:{key}": f"hidden-{key}" for key in SECRETS}

    def program() -> None:
        for key, value in Blueprint("acme", args).outputs().items():
            pulumi.export(key, value)

    return record(program, config=config, secret_config_keys=list(config)).is_valid()


def told(gitops: Mapping[str, Any], addons: Mapping[str, Any], **fields: Any) -> list[str]:
    """What is said about it: errors, or else warnings."""
    try:
        args = platform(gitops, addons, **fields)
    except ValidationError as error:
        return [str(problem) for problem in problems_of(error)]
    return [f"warning: {each}" for each in args.warnings if each.path[0] == "gitops"]


def _read(text: str) -> Any:
    return YAML(typ="safe").load(text)
