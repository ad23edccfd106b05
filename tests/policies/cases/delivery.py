"""Cases of the rules about Argo CD, Flux and Pulumi."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, chart, cluster, object_, res, role, workload

_TAGS = {"Environment": "prod", "Owner": "a", "CostCenter": "1"}


def _app(name: str, **spec: Any) -> Any:
    return object_("argoproj.io/v1alpha1:Application", name, "argocd", spec=spec)


def _set(name: str, **spec: Any) -> Any:
    return object_("argoproj.io/v1alpha1:ApplicationSet", name, "argocd", spec={"template": {"spec": spec}})


def _project(name: str, **spec: Any) -> Any:
    return object_("argoproj.io/v1alpha1:AppProject", name, "argocd", spec=spec)


def _at(name: str, revision: Any) -> Any:
    return _app(name, source={"targetRevision": revision})


def _argo(name: str, cm: Any = None, **values: Any) -> Any:
    closed = {"admin.enabled": "false"} if cm is None else cm
    configs = {"cm": closed, **values.pop("configs", {})}
    return chart(name, "argo-cd", values={"configs": configs, **values})


def _source(kind: str, name: str, **spec: Any) -> Any:
    return object_(f"source.toolkit.fluxcd.io/v1:{kind}", name, "flux", spec=spec)


def _rollout(name: str, **strategy: Any) -> Any:
    return object_("argoproj.io/v1alpha1:Rollout", name, spec={"strategy": strategy})


def _on(provider: str | None, name: str, kind: str = "Deployment") -> Any:
    found = workload(name, kind)
    found.provider = provider
    return found


_GIT = {"url": "https://git.example.com/x", "ref": {"tag": "v1"}, "verify": {}}
_LB = {"service": {"type": "LoadBalancer"}}
_OWN = "urn:pulumi:dev::p::pulumi:providers:kubernetes::shop"

CASES = {
    "argocd-app-project-not-default": [
        [
            _app("fail-default", project="default"),
            _app("fail-unset"),
            _set("fail-set", project="default"),
            _app("pass-own", project="shop"),
            _app("unknown-project", project=UNKNOWN),
        ]
    ],
    "argocd-project-restricted": [
        [
            _project("fail-sources", sourceRepos=["*"]),
            _project("fail-destinations", destinations=[{"namespace": "*", "server": "https://x"}]),
            _project("fail-kinds", clusterResourceWhitelist=[{"group": "*", "kind": "*"}]),
            _project("fail-role", roles=[{"policies": ["p, proj:shop:dev, *, *, */*, allow"]}]),
            _project(
                "pass-narrow", sourceRepos=["https://git.example.com/shop/*"], destinations=[{"namespace": "shop"}]
            ),
            object_("argoproj.io/v1alpha1:AppProject", "na-platform", "argocd", metadata={"name": "platform"}, spec={}),
            _project("unknown-sources", sourceRepos=UNKNOWN),
        ]
    ],
    "argocd-app-revision-pinned": [
        [
            _at("fail-head", "HEAD"),
            _at("fail-branch", "main"),
            _at("fail-unset", None),
            _app("fail-one-of-two", sources=[{"targetRevision": "1.0.0"}, {"targetRevision": "main"}]),
            _at("pass-tag", "v1.2.3"),
            _at("pass-commit", "a" * 40),
            _at("unknown-revision", UNKNOWN),
        ]
    ],
    "argocd-app-sync-policy-explicit": [
        [
            _app("fail-unset"),
            _app(
                "fail-force", syncPolicy={"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["Force=true"]}
            ),
            _app("pass-said", syncPolicy={"automated": {"prune": True, "selfHeal": False}}),
            _app("unknown-policy", syncPolicy=UNKNOWN),
        ]
    ],
    "argocd-server-hardened": [
        [
            _argo("fail-admin", {}),
            _argo("fail-insecure", configs={"params": {"server.insecure": True}}),
            _argo("fail-everybody", configs={"rbac": {"policy.default": "role:admin"}}),
            _argo("fail-public", server=_LB),
            _argo("pass-closed"),
            _argo("unknown-configs", UNKNOWN),
            chart("na-other", "app"),
        ]
    ],
    "flux-sources-verified": [
        [
            _source("GitRepository", "fail-branch", url="https://x", ref={"branch": "main"}, verify={}),
            _source("GitRepository", "fail-unverified", **{**_GIT, "verify": None}),
            _source("HelmRepository", "fail-http", url="http://x"),
            _source("OCIRepository", "fail-insecure", url="oci://x", insecure=True),
            _source("GitRepository", "pass-git", **_GIT),
            _source("HelmRepository", "pass-helm", url="https://x"),
            _source("HelmRepository", "unknown-url", url=UNKNOWN),
        ]
    ],
    "rollout-has-analysis": [
        [
            _rollout("fail-canary", canary={"steps": [{"setWeight": 50}]}),
            _rollout("fail-blind", canary={"steps": [{"setWeight": 20}, {"setWeight": 50}]}),
            _rollout("fail-blue", blueGreen={}),
            _rollout("pass-canary", canary={"steps": [{"setWeight": 20}, {"pause": {}}, {"setWeight": 50}]}),
            _rollout("pass-blue", blueGreen={"autoPromotionEnabled": False}),
            _rollout("unknown-steps", canary={"steps": UNKNOWN}),
        ]
    ],
    "pulumi-protect-stateful-resources": [
        [
            cluster("fail-cluster"),
            cluster("pass-cluster", options={"protect": True}),
            aws("ecr/repository:Repository", "fail-repo"),
            res("aws:kms/key:Key", "pass-retained", retain_on_delete=True),
            res("aws:ecr/repository:Repository", "fail-forced", {"forceDelete": True}, protect=True),
            res("aws:ecr/repository:Repository", "unknown-flag", {"forceDelete": UNKNOWN}, protect=True),
        ]
    ],
    "required-tags": [
        [cluster("na-nothing-agreed")],
        [
            {"required": ["Environment", "Owner", "CostCenter"]},
            cluster("fail-none"),
            cluster("fail-one", tags={"Owner": "a"}),
            cluster("pass-all", tags=_TAGS),
            role("fail-role"),
            res("pulumi:providers:aws", "tagged", {"defaultTags": {"tags": _TAGS}}),
            res("pulumi:providers:aws", "text", {"defaultTags": '{"tags": {"Owner": "a", "CostCenter": "1"}}'}),
            res("aws:ec2/vpc:Vpc", "pass-default", {}, provider="urn:pulumi:providers:aws::tagged"),
            res(
                "aws:ec2/vpc:Vpc",
                "pass-merged",
                {"tags": {"Environment": "x"}},
                provider="urn:pulumi:providers:aws::text",
            ),
            cluster("unknown-tags", tags=UNKNOWN),
        ],
        [{"required": ["team"]}, cluster("pass-param", tags={"team": "a"})],
    ],
    "allowed-regions": [
        [
            {"allowed": ["eu-west-1"]},
            cluster("fail-region", region="us-east-1"),
            cluster("pass-region", region="eu-west-1"),
            res("pulumi:providers:aws", "fail-provider", {"region": "us-east-1"}),
            cluster("na-unset"),
            cluster("unknown-region", region=UNKNOWN),
        ],
        [cluster("na-any", region="us-east-1")],
    ],
    "kubernetes-provider-explicit": [
        [
            _on(None, "fail-none"),
            _on("urn:pulumi:dev::p::pulumi:providers:kubernetes::default_4_34_2", "fail-default"),
            _on(_OWN, "pass-own"),
            chart("fail-chart", "app"),
            res("kubernetes:yaml/v2:ConfigGroup", "group", {}, provider=_OWN),
            res(
                "kubernetes:core/v1:Namespace", "pass-in-group", {}, parent="urn:kubernetes:yaml/v2:ConfigGroup::group"
            ),
        ]
    ],
    "kubernetes-await-enabled": [
        [
            workload("fail-skip", m={"annotations": {"pulumi.com/skipAwait": "true"}}),
            workload("pass-unset"),
            workload("unknown-notes", m={"annotations": UNKNOWN}),
        ]
    ],
    "cluster-backup-configured": [
        [cluster("fail-none")],
        [cluster("pass-velero"), chart("velero", "velero")],
        [cluster("pass-backup"), aws("backup/selection:Selection", "s")],
    ],
}
