"""What rules of roles give, and what the RBAC rules say of a hundred of them."""

import pytest

from eks_blueprints.policies.asking import judge
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.rbac import gives, reaches
from eks_blueprints.policies.stack import Stack
from tests.policies.build import UNKNOWN, object_
from tests.policies.test_cases import TODAY

_API = "rbac.authorization.k8s.io/v1:"
_SHORT = {
    "wild": "k8s-rbac-no-wildcards",
    "secrets": "k8s-rbac-secrets-access",
    "escalate": "k8s-rbac-no-escalate-bind-impersonate",
    "inside": "k8s-rbac-no-exec-or-node-proxy",
    "pods": "k8s-rbac-create-pods-limited",
    "takeover": "k8s-rbac-no-webhook-or-csr-control",
}
_ALL = "wild secrets escalate inside pods takeover"

# groups | resources | verbs | names -> the rules that find something, `?` behind one that only advises
PROBES = """
*                               | *                                 | *                       |                -> wild secrets escalate inside pods takeover
-                               | *                                 | *                       |                -> wild secrets escalate inside pods takeover
-                               | *                                 | get                     |                -> wild? secrets inside
-                               | *                                 | list                    |                -> wild? secrets inside
-                               | *                                 | watch                   |                -> wild? secrets inside
-                               | *                                 | create                  |                -> wild inside pods takeover
-                               | *                                 | impersonate             |                -> wild? escalate
-                               | *                                 | delete                  |                -> wild inside
*                               | *                                 | get list watch          |                -> wild secrets inside
*                               | *                                 | get                     | one            -> wild inside
apps                            | *                                 | get list watch          |                -> wild?
apps                            | *                                 | *                       |                -> wild pods
apps                            | *                                 | patch                   |                -> wild
batch                           | *                                 | create                  |                -> wild pods
- apps                          | *                                 | list                    |                -> wild? secrets inside
apps batch                      | secrets                           | list                    |                ->
*                               | secrets                           | list                    |                -> wild? secrets
*                               | secrets                           | *                       |                -> wild secrets
-                               | secrets                           | *                       |                -> wild secrets
-                               | secrets                           | *                       | tls            -> wild
-                               | secrets                           | get                     |                -> secrets
-                               | secrets                           | list                    |                -> secrets
-                               | secrets                           | watch                   |                -> secrets
-                               | secrets                           | GET                     |                ->
-                               | Secrets                           | get                     |                ->
-                               | secret                            | get                     |                ->
-                               | secrets                           | get                     | tls            ->
-                               | secrets                           | get                     | *              ->
-                               | secrets                           | create delete           |                ->
-                               | secrets                           | update                  |                -> secrets
-                               | secrets                           | patch                   |                -> secrets
-                               | secrets                           | patch                   | tls            ->
-                               | secrets                           | deletecollection        |                -> secrets
-                               | secrets/*                         | get                     |                -> wild?
-                               | */secrets                         | get                     |                ->
-                               | pods secrets                      | get list                |                -> secrets
-                               | configmaps                        | get list watch          |                ->
external-secrets.io             | secrets                           | get list                |                ->
secrets.example.com             | *                                 | *                       |                -> wild
example.com                     | widgets                           | *                       |                -> wild?
example.com                     | *                                 | get                     |                -> wild?
argoproj.io                     | applications appprojects          | *                       |                -> wild?
example.com -                   | widgets                           | *                       |                -> wild
rbac.authorization.k8s.io       | roles                             | *                       |                -> wild escalate
rbac.authorization.k8s.io       | clusterroles                      | *                       |                -> wild escalate
rbac.authorization.k8s.io       | *                                 | *                       |                -> wild escalate
rbac.authorization.k8s.io       | *                                 | bind                    |                -> wild? escalate
*                               | clusterroles                      | escalate                |                -> wild? escalate
rbac.authorization.k8s.io       | roles                             | escalate                |                -> escalate
rbac.authorization.k8s.io       | clusterroles                      | bind                    |                -> escalate
rbac.authorization.k8s.io       | clusterroles                      | bind                    | view           -> escalate?
rbac.authorization.k8s.io       | clusterroles                      | bind                    | cluster-admin  -> escalate
rbac.authorization.k8s.io       | clusterroles                      | bind                    | view edit      -> escalate
rbac.authorization.k8s.io       | rolebindings                      | bind                    |                -> escalate?
rbac.authorization.k8s.io       | clusterrolebindings               | bind                    |                -> escalate?
rbac.authorization.k8s.io       | rolebindings                      | create update           |                ->
rbac.authorization.k8s.io       | roles clusterroles                | get list watch          |                ->
rbac.authorization.k8s.io       | roles                             | create patch            |                ->
-                               | clusterroles                      | escalate                |                ->
example.com                     | roles                             | bind                    |                ->
-                               | users                             | impersonate             |                -> escalate
-                               | groups                            | impersonate             |                -> escalate
-                               | serviceaccounts                   | impersonate             |                -> escalate
-                               | serviceaccounts                   | *                       |                -> wild escalate
-                               | groups                            | impersonate             | system:masters -> escalate
-                               | groups                            | impersonate             | team           -> escalate?
-                               | serviceaccounts                   | impersonate             | builder        -> escalate?
authentication.k8s.io           | uids                              | impersonate             |                -> escalate
authentication.k8s.io           | userextras/scopes                 | impersonate             |                -> escalate
authentication.k8s.io           | users                             | impersonate             |                ->
-                               | serviceaccounts                   | get list watch          |                ->
rbac.authorization.k8s.io       | clusterroles                      | bind                    | system:node    -> escalate
rbac.authorization.k8s.io       | clusterroles                      | bind                    | system:basic-user -> escalate?
rbac.authorization.k8s.io       | clusterroles                      | escalate                | view           -> escalate
-                               | users                             | impersonate             | system:kube-controller-manager -> escalate
-                               | users                             | impersonate             | alice          -> escalate?
-                               | groups                            | impersonate             | system:nodes   -> escalate
-                               | groups                            | impersonate             | system:authenticated -> escalate?
authentication.k8s.io           | userextras/roles                  | impersonate             |                -> escalate
authentication.k8s.io           | userextras/*                      | impersonate             |                -> wild?
authentication.k8s.io           | userextras                        | impersonate             |                ->
-                               | pods/exec                         | create                  |                -> inside
-                               | pods/exec                         | get                     |                -> inside
-                               | pods/exec                         | *                       |                -> wild inside
-                               | pods/exec                         | list                    |                ->
-                               | pods/attach                       | create                  |                -> inside
-                               | pods/portforward                  | create                  |                -> inside
-                               | pods/portforward                  | get                     |                -> inside
-                               | pods/ephemeralcontainers          | patch                   |                -> inside
-                               | pods/ephemeralcontainers          | update                  |                -> inside
-                               | pods/ephemeralcontainers          | get                     |                ->
-                               | */exec                            | create                  |                -> inside
-                               | */attach                          | get                     |                -> inside
-                               | pods/*                            | create                  |                -> wild?
-                               | pods/*                            | *                       |                -> wild
-                               | */*                               | get                     |                -> wild?
-                               | pods                              | get list watch          |                ->
-                               | pods                              | create                  |                -> pods
-                               | pods                              | *                       |                -> wild pods
-                               | pods                              | delete patch            |                ->
-                               | pods/log                          | get                     |                ->
-                               | pods/eviction                     | create                  |                ->
-                               | pods/status                       | patch                   |                ->
*                               | pods/exec                         | create                  |                -> wild? inside
-                               | nodes/proxy                       | get                     |                -> inside
-                               | nodes/proxy                       | create                  |                -> inside
-                               | nodes/proxy                       | *                       |                -> wild inside
-                               | */proxy                           | get                     |                -> inside
-                               | nodes/*                           | get                     |                -> wild?
-                               | nodes nodes/metrics nodes/stats   | get                     |                ->
-                               | nodes                             | get list watch patch    |                ->
example.com                     | nodes/proxy                       | get                     |                ->
apps                            | deployments                       | create                  |                -> pods
apps                            | statefulsets daemonsets           | create                  |                -> pods
apps                            | deployments                       | get patch               |                ->
apps                            | deployments/scale                 | update patch            |                ->
extensions                      | deployments                       | create                  |                ->
batch                           | jobs                              | create                  |                -> pods
batch                           | cronjobs                          | *                       |                -> wild pods
*                               | */scale                           | get update patch        |                -> wild?
-                               | replicationcontrollers            | create                  |                -> pods
admissionregistration.k8s.io    | validatingwebhookconfigurations   | patch                   |                -> takeover
admissionregistration.k8s.io    | mutatingwebhookconfigurations     | delete                  |                -> takeover
admissionregistration.k8s.io    | validatingadmissionpolicybindings | delete                  |                -> takeover
admissionregistration.k8s.io    | mutatingadmissionpolicies         | create                  |                -> takeover
admissionregistration.k8s.io    | *                                 | get list watch          |                -> wild?
admissionregistration.k8s.io    | *                                 | update                  |                -> wild takeover
admissionregistration.k8s.io    | mutatingwebhookconfigurations     | get list watch          |                ->
certificates.k8s.io             | certificatesigningrequests/approval | update                |                -> takeover
certificates.k8s.io             | */approval                        | update                  |                -> takeover
*                               | */approval                        | patch                   |                -> wild? takeover
certificates.k8s.io             | certificatesigningrequests        | create get              |                ->
certificates.k8s.io             | signers                           | approve                 |                -> takeover
certificates.k8s.io             | signers                           | sign                    | example.com/x  -> takeover
certificates.k8s.io             | */*                               | update                  |                -> wild?
-                               | serviceaccounts/token             | create                  |                -> takeover
-                               | */token                           | create                  |                -> takeover
-                               | serviceaccounts/*                 | create                  |                -> wild?
-                               | persistentvolumes                 | create                  |                -> takeover
-                               | persistentvolumes                 | get delete              |                ->
-                               | persistentvolumeclaims            | create                  |                ->
-                               | services/status                   | patch                   |                -> takeover
-                               | */status                          | update                  |                -> takeover
apps                            | */status                          | update                  |                ->
-                               | services                          | create update           |                ->
coordination.k8s.io             | leases                            | get create update       |                ->
-                               | events                            | create patch            |                ->
policy                          | poddisruptionbudgets              | *                       |                -> wild
metrics.k8s.io                  | pods nodes                        | get list                |                ->
-                               | nodes                             | list get                |                ->
"""  # noqa: E501


def _probes() -> list[tuple[str, dict[str, list[str]], dict[str, bool]]]:
    found = []
    for line in PROBES.strip().splitlines():
        given, _, wanted = line.partition("->")
        groups, resources, verbs, names = (part.split() for part in given.split("|"))
        grant = {"apiGroups": ["" if each == "-" else each for each in groups], "resources": resources, "verbs": verbs}
        if names:
            grant["resourceNames"] = names
        said = {_SHORT[each.rstrip("?")]: not each.endswith("?") for each in wanted.split()}
        found.append((given.strip(), grant, said))
    return found


@pytest.mark.parametrize(("grant", "wanted"), [pytest.param(g, w, id=line) for line, g, w in _probes()])
def test_a_probe(grant: dict[str, list[str]], wanted: dict[str, bool]) -> None:
    role = object_(f"{_API}ClusterRole", "role", None, rules=[grant])
    stack = Stack([role])
    found = {}
    for id_ in _SHORT.values():
        rule = rules()[id_]
        _, faults, _ = judge(rule, Context(stack, role, {**rule.params}, "production", TODAY))
        if faults:
            found[id_] = not all(fault.advisory for fault in faults)
    assert found == wanted


def _grant(groups: object, resources: object, verbs: object) -> Props:
    return Props({"apiGroups": groups, "resources": resources, "verbs": verbs})


def test_what_is_known_decides_where_it_can() -> None:
    assert gives(_grant([UNKNOWN, ""], [UNKNOWN, "*"], ["list", UNKNOWN]), "list", "secrets")
    assert not gives(_grant([""], ["pods"], UNKNOWN), "list", "secrets")
    with pytest.raises(Undetermined):
        gives(_grant([""], ["secrets"], [UNKNOWN]), "list", "secrets")
    with pytest.raises(Undetermined):
        gives(_grant([""], ["pods", UNKNOWN], ["list"]), "list", "secrets")


@pytest.mark.parametrize(
    ("urls", "verbs", "path", "wanted"),
    [
        (["*"], ["get"], "/metrics", True),
        (["/metrics"], ["get"], "/metrics", True),
        (["/metrics"], ["get"], "/metrics/slis", False),
        (["/metrics/*"], ["get"], "/metrics/slis", True),
        (["/metrics/*"], ["get"], "/metrics", False),
        (["/healthz*"], ["*"], "/healthz/etcd", True),
        (["/*/x"], ["get"], "/a/x", False),
        (["/metrics"], ["post"], "/metrics", False),
    ],
)
def test_paths_that_are_no_resources(urls: list[str], verbs: list[str], path: str, *, wanted: bool) -> None:
    assert reaches(Props({"nonResourceURLs": urls, "verbs": verbs}), "get", path) is wanted
