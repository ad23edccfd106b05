"""Where pods go, what they tolerate, and how workloads are rolled out."""

from __future__ import annotations

from eks_blueprints.policies.addresses import subnet_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import cluster_autoscalers
from eks_blueprints.policies.objects import (
    CONTROLLER,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    NAMESPACE,
    POD,
    REPLICA_SET,
    REPLICATED,
    SERVICE,
    STATEFUL_SET,
    SYSTEM,
    WORKLOADS,
    in_namespace,
    in_system_namespace,
    namespace_of,
    object_name,
    pod_labels,
    pod_of,
    replicas,
    selects,
)
from eks_blueprints.policies.platform import NODE_GROUP, NODE_POOL, SUBNET, auto_mode, cluster_of
from eks_blueprints.policies.pods import pod_rule, pods
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.rules.availability import lowest
from eks_blueprints.policies.stack import Stack

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@rule(
    "k8s-topology-spread",
    *REPLICATED,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
)
def spread(_: Props, context: Context) -> Faults:
    """The pods of a workload are spread over nodes and zones."""
    if lowest(context.resource, context.stack) < 2:
        raise NotApplicable
    pod = pod_of(context.resource)
    keys = {each.get("topologyKey") for each in pod.items("topologySpreadConstraints")}
    if {ZONE, HOST} <= keys or HOST in {term.get("topologyKey") for term in _anti_affinity(pod)}:
        return
    yield pod.fault("may run on one node as a whole", "topologySpreadConstraints", got=sorted(map(str, keys)))


@rule("k8s-topology-spread-selector-matches", *REPLICATED, severity="medium", enforcement="mandatory", wave=2)
def spread_matches(_: Props, context: Context) -> Faults:
    """Topology spread constraints match the pods of their workload."""
    pod = pod_of(context.resource)
    constraints = pod.items("topologySpreadConstraints")
    # A single pod keeps away from others on purpose: there is nothing of its own to spread.
    terms = _anti_affinity(pod) if lowest(context.resource, context.stack) > 1 else []
    if not constraints and not terms:
        raise NotApplicable
    labels = pod_labels(context.resource)
    for each in constraints:
        if not each.has("labelSelector"):
            yield each.fault("spreads nothing: it selects no pods", "labelSelector")
        elif not selects(each.get("labelSelector"), labels):
            yield each.fault("spreads the pods of others", "labelSelector", got=each.get("labelSelector"))
    for key in {term.get("topologyKey") for term in terms}:
        of_key = [term for term in terms if term.get("topologyKey") == key]
        if not any(selects(term.get("labelSelector"), labels) for term in of_key):
            yield of_key[0].fault("keeps away from others alone", "labelSelector", got=of_key[0].get("labelSelector"))


@rule("k8s-required-spread-satisfiable", *REPLICATED, severity="high", enforcement="mandatory", wave=1, across=True)
def spread_satisfiable(_: Props, context: Context) -> Faults:
    """There are enough zones for the topology spread that a workload requires."""
    resource, stack = context.resource, context.stack
    pod = pod_of(resource)
    insisted = pod.items("affinity", "podAntiAffinity", _REQUIRED)
    zonal = [term for term in insisted if term.get("topologyKey") == ZONE]
    strict = [
        each for each in pod.items("topologySpreadConstraints") if each.get("whenUnsatisfiable") != "ScheduleAnyway"
    ]
    if not zonal and not strict:
        raise NotApplicable
    count = _zones(stack)
    labels = pod_labels(resource)
    for term in zonal:
        if count and replicas(resource) > count and selects(term.get("labelSelector"), labels):
            yield term.fault(f"requires a zone for each of {replicas(resource)} pods", "topologyKey", got=count)
    for each in strict:
        if each.get("topologyKey") == ZONE and count and (each.number("minDomains") or 0) > count:
            yield each.fault("requires more zones than there are", "minDomains", got=each.get("minDomains"))
        if each.get("topologyKey") == HOST and each.number("maxSkew") == 1 and _is_fixed(context):
            yield each.fault("requires more nodes, and nothing adds any", "whenUnsatisfiable", got="DoNotSchedule")


@rule("k8s-rolling-update-strategy", DEPLOYMENT, severity="low", enforcement="advisory", wave=3)
def rolling(deployment: Props) -> Faults:
    """A rolling update keeps the workload available."""
    strategy = deployment.at("spec", "strategy")
    if strategy.get("type") == "Recreate":
        if not any(
            each.has("persistentVolumeClaim") for each in deployment.items("spec", "template", "spec", "volumes")
        ):
            yield strategy.fault("is down for as long as it rolls out", "type", got="Recreate")
        return
    surge, gone = strategy.get("rollingUpdate", "maxSurge"), strategy.get("rollingUpdate", "maxUnavailable")
    if gone == "100%":
        yield strategy.fault("is down for as long as it rolls out", "rollingUpdate", "maxUnavailable", got=gone)
    elif surge in (0, "0%") and gone in (0, "0%"):
        yield strategy.fault("can never roll out", "rollingUpdate", "maxSurge", got=surge)


@rule("k8s-statefulset-min-ready-seconds", STATEFUL_SET, severity="low", enforcement="advisory", wave=3)
def min_ready(workload: Props) -> Faults:
    """A StatefulSet sets minReadySeconds."""
    if not workload.number("spec", "minReadySeconds"):
        yield workload.fault("rolls out as fast as pods become ready", "spec", "minReadySeconds")


@rule(
    "k8s-no-bare-pods",
    POD,
    CONTROLLER,
    REPLICA_SET,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    params={"allow": []},
)
def no_bare_pods(_: Props, context: Context) -> Faults:
    """Pods are managed by a controller.

    A ReplicaSet of one's own counts as none: it does not replace its pods when they change, which a Deployment does.
    What is meant to be made once, such as for debugging, stands in `allow` by its name. What has ownerReferences has
    its maker.
    """
    resource = context.resource
    if resource.type == CONTROLLER:
        yield resource.props.fault("is a kind that Deployments replaced", "kind", got="ReplicationController")
    elif not (
        resource.props.items("metadata", "ownerReferences")
        or object_name(resource, context.stack) in context.params["allow"]
    ):
        what = "is lost with its node" if resource.type == POD else "keeps its pods as they are when it changes"
        yield resource.props.fault(what, "kind", got=resource.kind)


@rule(
    "k8s-no-tolerate-all",
    *REPLICATED,
    JOB,
    CRON_JOB,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    each=pods,
    patches=True,
)
def no_tolerate_all(pod: Props) -> Faults:
    """Pods do not tolerate every taint."""
    for toleration in pod.items("tolerations"):
        if toleration.get("operator") == "Exists" and not toleration.get("key"):
            yield toleration.fault("tolerates nodes that are being drained", "operator", got="Exists")


@pod_rule("k8s-critical-addons-priority", "low", each=pods, enforcement="advisory", wave=3, params=SYSTEM)
def priority(pod: Props, context: Context) -> Faults:
    """Platform components have a critical priority class, and other workloads do not."""
    name = pod.get("priorityClassName")
    critical = isinstance(name, str) and name.startswith("system-")
    if in_system_namespace(context):
        if not critical:
            yield pod.fault("yields to ordinary workloads", "priorityClassName", got=name)
    elif critical:
        do = "name a PriorityClass of your own"
        yield pod.fault("uses the priority of the platform", "priorityClassName", got=name, do=do)


@rule("k8s-job-guardrails", JOB, CRON_JOB, severity="low", enforcement="advisory", wave=3)
def jobs(job: Props, context: Context) -> Faults:
    """Jobs have a time limit and do not overlap."""
    if context.resource.type == JOB:
        if not job.has("spec", "activeDeadlineSeconds") and not job.has("spec", "backoffLimit"):
            yield job.fault("may run forever", "spec", "activeDeadlineSeconds")
        return
    if job.get("spec", "concurrencyPolicy") not in ("Forbid", "Replace"):
        yield job.fault("may run twice at once", "spec", "concurrencyPolicy", got=job.get("spec", "concurrencyPolicy"))
    if not job.has("spec", "startingDeadlineSeconds"):
        yield job.fault("may start every run that it missed", "spec", "startingDeadlineSeconds")
    for key in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        if (job.number("spec", key) or 0) > 10:
            yield job.fault("keeps many finished jobs", "spec", key, got=job.number("spec", key))


@rule(
    "k8s-selector-matches-template",
    DEPLOYMENT,
    STATEFUL_SET,
    DAEMON_SET,
    REPLICA_SET,
    severity="high",
    enforcement="mandatory",
    wave=1,
)
def selector_matches(workload: Props, context: Context) -> Faults:
    """The selector of a workload matches its pods."""
    selector = workload.at("spec", "selector")
    labels = pod_labels(context.resource)
    if not selector.has("matchLabels") and not selector.has("matchExpressions"):
        yield workload.fault("selects no pods", "spec", "selector")
    elif not selects(selector.get(), labels):
        yield selector.fault("selects other pods than it creates", "matchLabels", got=selector.get("matchLabels"))
    for key, value in selector.pairs("matchLabels"):
        if key in ("helm.sh/chart", "app.kubernetes.io/version"):
            yield value.fault("selects by a label that changes with the version", got=value.value)


@rule(
    "k8s-recommended-labels",
    *WORKLOADS,
    NAMESPACE,
    SERVICE,
    severity="low",
    enforcement="advisory",
    wave=3,
    params={"required": []},
)
def recommended_labels(subject: Props, context: Context) -> Faults:
    """Objects have the required labels.

    Nothing is asked before `required` names labels, such as app.kubernetes.io/name.
    """
    if not context.params["required"]:
        raise NotApplicable
    labels = subject.get("metadata", "labels") or {}
    missing = [each for each in context.params["required"] if each not in labels]
    if missing:
        yield subject.fault("lacks labels", "metadata", "labels", got=sorted(labels), do=f"add {', '.join(missing)}")


@pod_rule(
    "k8s-service-links-disabled", "low", each=pods, enforcement="advisory", wave=3, params={"services": 20}, across=True
)
def service_links(pod: Props, context: Context) -> Faults:
    """Service environment variables are turned off in namespaces with many services.

    enableServiceLinks is false in namespaces with more services in the stack than `services`.
    """
    stack = context.stack
    namespace = namespace_of(context.resource, stack)
    if len(in_namespace(stack, namespace, SERVICE)) <= context.params["services"]:
        raise NotApplicable
    if pod.flag("enableServiceLinks") is not False:
        yield pod.fault("gets variables for every service of its namespace", "enableServiceLinks")


def _anti_affinity(pod: Props) -> list[Props]:
    keys = ("affinity", "podAntiAffinity")
    return [*pod.items(*keys, _REQUIRED), *(each.at("podAffinityTerm") for each in pod.items(*keys, _PREFERRED))]


def _zones(stack: Stack) -> int:
    """How many zones nodes may stand in; 0 where the stack does not tell."""
    found = {subnet_of(each).zone for each in stack.of(SUBNET)}
    return 0 if None in found else len(found)


def _is_fixed(context: Context) -> bool:
    stack = context.stack
    cluster = cluster_of(context.resource, stack)
    if cluster is None or not stack.of(NODE_GROUP):
        return False
    try:
        return not (auto_mode(cluster) or stack.of(NODE_POOL) or cluster_autoscalers(stack))
    except Undetermined:
        return False
