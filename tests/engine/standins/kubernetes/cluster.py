"""What one cluster lets a caller do: reach it, be let in, find a place for pods, know a kind, let go of a thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..account import Account, Row
from ..base import ServiceError
from . import facts

CLUSTER = "aws:eks/cluster:Cluster"
ENTRY_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
ENTRY = "aws:eks/accessEntry:AccessEntry"
CALLER = "arn:aws:iam::123456789012:user/tester"
CREATOR = "standin:creator"
RELEASE = "kubernetes:helm.sh/v3:Release"
CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"


class UnreachableError(ServiceError):
    def __init__(self, why: str) -> None:
        super().__init__("Unreachable", f"configured Kubernetes cluster is unreachable: {why}")


def parse(text: Any) -> dict[str, Any] | None:
    """A kubeconfig, given as JSON or YAML text."""
    if not isinstance(text, str):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        import yaml  # only for the rare program that writes YAML: it costs start-up time

        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:
            return None
    return found if isinstance(found, dict) else None


def active(text: Any) -> Any:
    """The entry of the cluster that a kubeconfig's current context names."""
    config = parse(text)
    if config is None:
        return text
    contexts = {item["name"]: item["context"] for item in config.get("contexts") or []}
    context = contexts.get(config.get("current-context")) or {}
    return {item["name"]: item["cluster"] for item in config.get("clusters") or []}.get(context.get("cluster"))


def connect(account: Account, kubeconfig: Any) -> Row:
    """The cluster that a kubeconfig leads to, if it is there and lets its user in."""
    config = parse(kubeconfig)
    if config is None:
        raise UnreachableError("no kubeconfig was given, and the stand-in reads none of the user's")
    entry = active(kubeconfig) or {}
    server = entry.get("server")
    row = next((row for row in account.rows(CLUSTER) if row.outputs.get("endpoint") == server), None)
    if row is None:
        raise UnreachableError(f"no cluster has the address {server}")
    if entry.get("certificate-authority-data") != row.get("certificateAuthority.data"):
        raise UnreachableError("x509: certificate signed by unknown authority")
    check_user(account, row, config)
    return row


def check_user(account: Account, row: Row, config: dict[str, Any]) -> None:
    """`aws eks get-token` for this very cluster, by someone that an access entry lets do all."""
    contexts = {item["name"]: item["context"] for item in config.get("contexts") or []}
    name = (contexts.get(config.get("current-context")) or {}).get("user")
    user = next((item["user"] for item in config.get("users") or [] if item["name"] == name), None) or {}
    command = user.get("exec")
    if not command:
        if user.get("token"):
            return
        raise ServiceError("Unauthorized", "the kubeconfig's user has neither exec nor token")
    args = [str(arg) for arg in command.get("args") or []]
    given = {flag: args[i + 1] for i, flag in enumerate(args[:-1]) if flag.startswith("--")}
    cluster_name = given.get("--cluster-name") or given.get("-i")
    if cluster_name != row.id:
        raise ServiceError("Unauthorized", f"the token is for cluster {cluster_name}, not for {row.id}")
    who = caller(given, {item["name"]: item["value"] for item in command.get("env") or []})
    creator = row.get("accessConfig.bootstrapClusterCreatorAdminPermissions", True)
    made_by = account.rows(CREATOR, row.outputs["arn"])
    if creator and who == (made_by[0].outputs["arn"] if made_by else CALLER):
        return
    for found in account.rows(ENTRY_POLICY, clusterName=row.id, principalArn=who):
        if "ClusterAdmin" in found.outputs["policyArn"] and found.get("accessScope.type") == "cluster":
            return
    if creator and any(entry.outputs["principalArn"] == who for entry in account.rows(ENTRY, clusterName=row.id)):
        raise ServiceError("Forbidden", f"{who} has an access entry without a policy")
    raise ServiceError("Unauthorized", f"{who} is not let in by cluster {row.id}: no admin access entry")


def caller(given: dict[str, str], env: dict[str, str]) -> str:
    """Who the AWS CLI is with these options and variables."""
    if role := given.get("--role-arn") or given.get("--role"):
        return role
    if profile := given.get("--profile"):
        return f"arn:aws:iam::123456789012:user/{profile}"
    if key := env.get("AWS_ACCESS_KEY_ID"):
        return f"arn:aws:iam::123456789012:user/{key}"
    return env.get("AWS_ROLE_ARN") or CALLER


def need_room(account: Account, row: Row, what: str, values: Any = None) -> None:
    """A pod needs auto mode, nodes, or Fargate; without, the real wait ends in a timeout."""
    from ..aws import eks
    from ..aws.rules import Context

    if not eks.can_run(Context(account, row.scope), row):
        raise ServiceError("Timeout", f"{what}: timed out waiting for the condition: no node can run its pods")


def await_ready(account: Account, row: Row, inputs: dict[str, Any]) -> None:
    """The provider waits for workloads, unless told not to."""
    if inputs.get("kind") not in facts.WORKLOADS:
        return
    if ((inputs.get("metadata") or {}).get("annotations") or {}).get("pulumi.com/skipAwait") == "true":
        return
    if inputs["kind"] != "DaemonSet" and (inputs.get("spec") or {}).get("replicas") != 0:
        need_room(account, row, f"{inputs['kind']} {inputs['metadata'].get('name')}")
    need_named(account, row, inputs)


def need_named(account: Account, row: Row, inputs: dict[str, Any]) -> None:
    """Pods do not start without the service account, ConfigMaps, Secrets and claims that they name."""
    namespace = inputs["metadata"].get("namespace")
    pod = pod_of(inputs)
    arn = row.outputs["arn"]
    if any(release.inputs.get("namespace") == namespace for release in account.rows(RELEASE, arn)):
        return  # what a chart made is not known here
    for kind, name in named(pod):
        if not account.find(f"kubernetes:core/v1:{kind}", f"{namespace}/{name}", arn):
            what = f"{inputs['kind']} {inputs['metadata'].get('name')}"
            raise ServiceError("Timeout", f'{what}: timed out waiting for the condition: {kind} "{name}" not found')


def pod_of(outputs: dict[str, Any]) -> dict[str, Any]:
    """The spec of the pods that a workload makes."""
    spec = outputs.get("spec") or {}
    for key in ("jobTemplate", "spec") if outputs.get("kind") == "CronJob" else ():
        spec = spec.get(key) or {}
    return spec if outputs.get("kind") == "Pod" else (spec.get("template") or {}).get("spec") or {}


def named(pod: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The kinds and names of what a pod needs to be there."""
    if pod.get("serviceAccountName") not in (None, "default"):
        yield "ServiceAccount", pod["serviceAccountName"]
    references: list[tuple[str, Any, str]] = []
    for volume in pod.get("volumes") or ():
        references += [("ConfigMap", volume.get("configMap"), "name"), ("Secret", volume.get("secret"), "secretName")]
        references.append(("PersistentVolumeClaim", volume.get("persistentVolumeClaim"), "claimName"))
    for container in (*(pod.get("initContainers") or ()), *(pod.get("containers") or ())):
        for source in container.get("envFrom") or ():
            references += [
                ("ConfigMap", source.get("configMapRef"), "name"),
                ("Secret", source.get("secretRef"), "name"),
            ]
        for variable in container.get("env") or ():
            source = variable.get("valueFrom") or {}
            references.append(("ConfigMap", source.get("configMapKeyRef"), "name"))
            references.append(("Secret", source.get("secretKeyRef"), "name"))
    for kind, reference, key in references:
        if reference and not reference.get("optional"):
            yield kind, reference[key]


def need_namespace(account: Account, row: Row, name: str) -> None:
    if name in facts.NAMESPACES:
        return
    arn = row.outputs["arn"]
    if account.find("kubernetes:core/v1:Namespace", name, arn):
        return
    made = [r for r in account.rows(RELEASE, arn) if r.inputs.get("createNamespace") and r.inputs["namespace"] == name]
    if not made:
        raise ServiceError("NotFound", f'namespaces "{name}" not found')


def charts(account: Account, row: Row) -> set[str]:
    return {str(release.inputs["chart"]).rsplit("/", 1)[-1] for release in account.rows(RELEASE, row.outputs["arn"])}


def check_kind(account: Account, row: Row, inputs: dict[str, Any]) -> None:
    """A custom resource needs its definition: from a chart, an object, or auto mode."""
    group = str(inputs.get("apiVersion", "")).partition("/")[0]
    if group not in facts.CHART_OF_GROUP:
        return
    if any(crd.get("spec.group") == group for crd in account.rows(CRD, row.outputs["arn"])):
        return
    if group in facts.AUTO_MODE_GROUPS and row.get("computeConfig.enabled"):
        return
    if not charts(account, row) & facts.CHART_OF_GROUP[group]:
        raise ServiceError(
            "NoKindMatch", f'no matches for kind "{inputs.get("kind")}" in version "{inputs.get("apiVersion")}"'
        )


def check_delete(account: Account, row: Row, thing: Row) -> None:
    """What has a finalizer goes only while its controller is there; definitions not before their objects."""
    arn = row.outputs["arn"]
    if thing.type == RELEASE:
        chart = str(thing.inputs["chart"]).rsplit("/", 1)[-1]
        others = charts_besides(account, arn, thing)
        for group, providers in facts.CHART_OF_GROUP.items():
            if chart not in providers or others & providers or (group in facts.AUTO_MODE_GROUPS and auto(row)):
                continue
            for other in account.rows(scope=arn):
                if str(other.outputs.get("apiVersion", "")).partition("/")[0] == group:
                    raise ServiceError(
                        "FinalizerTimeout",
                        f"release {thing.id} takes the kinds of {group} with it, but {other.id} is there",
                    )
        return
    controllers = facts.controller_of(thing.outputs)
    if controllers and not (controllers & charts(account, row)) and not auto(row):
        raise ServiceError(
            "FinalizerTimeout",
            f"{thing.outputs.get('kind')} {thing.id} was not deleted in time: {sorted(controllers)[0]}, which would "
            "remove its finalizer, is gone",
        )
    if thing.outputs.get("kind") == "PersistentVolumeClaim":
        claim = ("PersistentVolumeClaim", thing.id.rsplit("/", 1)[-1])
        for other in account.rows(scope=arn):
            if other.id.startswith(f"{thing.id.rsplit('/', 1)[0]}/") and claim in named(pod_of(other.outputs)):
                raise ServiceError("FinalizerTimeout", f"claim {thing.id} is mounted by pods of {other.id}")
    if thing.type == CRD:
        group = thing.get("spec.group")
        for other in account.rows(scope=arn):
            if str(other.outputs.get("apiVersion", "")).partition("/")[0] == group and other.key != thing.key:
                raise ServiceError("FinalizerTimeout", f"{thing.id} has objects: {other.id}")


def charts_besides(account: Account, arn: str, thing: Row) -> set[str]:
    rows = [release for release in account.rows(RELEASE, arn) if release.key != thing.key]
    return {str(release.inputs["chart"]).rsplit("/", 1)[-1] for release in rows}


def auto(row: Row) -> bool:
    return bool(row.get("computeConfig.enabled"))
