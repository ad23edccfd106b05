"""Cases of the rules about charts."""

from typing import Any

from tests.policies.build import UNKNOWN, addon, chart, cluster, object_, res

_SYMBOL = {"token": "${shop.endpoint}"}
_SECRET = {"$secret": True}


def _values(name: str, **values: Any) -> Any:
    return chart(name, "app", values=values)


def _app(name: str, of: str, ns: str = "argocd") -> Any:
    spec = {"source": {"chart": of, "repoURL": "https://x", "targetRevision": "1.0.0"}}
    return object_("argoproj.io/v1alpha1:Application", name, ns, spec=spec)


CASES = {
    "helm-chart-version-pinned": [
        [
            res("kubernetes:helm.sh/v3:Release", "fail-unset", {"chart": "app"}),
            chart("fail-range", "app", "^1.2.0"),
            chart("fail-partial", "app", "1.2"),
            chart("fail-devel", "app", devel=True),
            chart("pass-exact", "app", "1.2.3"),
            chart("pass-suffix", "app", "v1.2.3-rc.1+build"),
            chart("unknown-version", "app", UNKNOWN),
            chart("na-local", "./charts/app", ""),
            res("kubernetes:helm.sh/v4:Chart", "fail-v4", {"chart": "app"}),
        ]
    ],
    "helm-repository-secure": [
        [
            chart("fail-http", "app", repositoryOpts={"repo": "http://charts.example.com"}),
            chart("fail-plain", "oci://registry/app", plainHttp=True),
            chart("fail-password", "app", repositoryOpts={"repo": "https://x", "password": "hunter2"}),
            chart("pass-https", "app", repositoryOpts={"repo": "https://charts.example.com"}),
            chart("pass-secret", "app", repositoryOpts={"repo": "https://x", "password": _SECRET}),
            chart("unknown-repo", "app", repositoryOpts={"repo": UNKNOWN}),
        ],
        [
            {"allowed_repos": ["oci://*"]},
            chart("fail-other", "app", repositoryOpts={"repo": "https://x"}),
            chart("pass-allowed", "oci://registry/app"),
        ],
    ],
    "helm-values-no-secrets": [
        [
            cluster(),
            _values("fail-password", db={"password": "hunter2"}),
            _values("fail-list", users=[{"token": "abc"}]),
            _values("fail-number", db={"password": 123456}),
            _values("fail-url", db={"url": "postgres://app:hunter2@db/app"}),
            _values("pass-about", auth={"tokenLifetime": "1h30m", "passwordPolicy": "strict", "secretName": "db"}),
            _values("pass-secret-value", apiKey=_SECRET),
            _values("pass-existing", existingSecret="app", secretName="app", auth={"existingPasswordSecret": "x"}),
            _values("pass-empty", password=""),
            _values("pass-symbol", auth=_SYMBOL),
            _values("pass-none"),
            chart("na-unknown-chart", UNKNOWN),
        ],
        [{"secret_paths": ["db.password"]}, _values("pass-listed", db={"password": "x"})],
    ],
    "helm-release-atomic": [
        [
            chart("fail-unset", "app"),
            chart("fail-skip", "app", atomic=True, skipAwait=True),
            chart("fail-slow", "app", atomic=True, timeout=3600),
            chart("pass-atomic", "app", atomic=True),
            chart("unknown-flag", "app", atomic=UNKNOWN),
        ]
    ],
    "helm-release-policy-visibility": [
        [chart("fail-app", "app"), chart("unknown-chart", UNKNOWN)],
        [{"reviewed_charts": ["app"]}, chart("pass-reviewed", "oci://registry/app")],
    ],
    "gitops-single-owner": [
        [
            cluster(),
            chart("fail-twice", "redis", ns="argocd"),
            _app("fail-app", "redis"),
            chart("pass-alone", "postgresql"),
            chart("fail-addon", "metrics-server"),
            addon("metrics", "metrics-server"),
            _app("pass-other-namespace", "nginx"),
            chart("pass-same-chart-elsewhere", "nginx", ns="web"),
        ]
    ],
}
