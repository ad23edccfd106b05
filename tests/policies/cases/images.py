"""Cases of the rules about images."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, chart, cluster, object_, workload

_DIGEST = "@sha256:" + "a" * 64


def _image(name: str, image: Any, **more: Any) -> Any:
    return workload(name, c={"image": image, **more})


_REPO = aws("ecr/repository:Repository", "repo")

CASES = {
    "k8s-image-tag-fixed": [
        [
            _REPO,
            _image("fail-latest", "ghcr.io/shop/app:latest"),
            _image("fail-untagged", "localhost:5000/app"),
            _image("fail-symbol-untagged", "${repo.repositoryUrl}/app"),
            _image("fail-branch", "ghcr.io/shop/app:master-head"),
            _image("fail-channel", "redis:alpine"),
            _image("fail-stable", "nginx:stable-alpine"),
            _image("pass-version-on-alpine", "redis:7.2-alpine"),
            _image("pass-name", "ghcr.io/shop/app:release"),
            _image("pass-tag", "ghcr.io/shop/app:1.2"),
            _image("pass-digest", "ghcr.io/shop/app" + _DIGEST),
            _image("pass-symbol", "${repo.repositoryUrl}:1.2"),
            _image("unknown-symbol", "${repo.repositoryUrl}"),
            _image("unknown-tag", "ghcr.io/shop/app:${repo.tag}"),
            _image("unknown-image", UNKNOWN),
            _image("na-patch", None),
        ]
    ],
    "k8s-image-digest": [
        [
            _REPO,
            _image("fail-tag", "ghcr.io/shop/app:1.2"),
            _image("pass-digest", "ghcr.io/shop/app:1.2" + _DIGEST),
            _image("unknown-symbol", "${repo.repositoryUrl}"),
        ]
    ],
    "k8s-image-registry-allowed": [
        [_image("na-nothing-agreed", "nginx:1.27")],
        [
            {"allowed": ["*.dkr.ecr.*.amazonaws.com", "public.ecr.aws"]},
            _REPO,
            _image("fail-short", "nginx:1.27"),
            _image("fail-user", "shop/app:1"),
            _image("fail-other", "docker.io/shop/app:1"),
            _image("pass-ecr", "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1"),
            _image("pass-public", "public.ecr.aws/nginx/nginx:1"),
            _image("pass-own", "${repo.repositoryUrl}:1"),
            _image("unknown-host", "${repo.host}/app:1"),
            _image("unknown-image", UNKNOWN),
        ],
        [{"allowed": ["ghcr.io"]}, _image("pass-param", "ghcr.io/x/y:1")],
    ],
    "k8s-no-deprecated-registry": [
        [
            _image("fail-gcr", "k8s.gcr.io/pause:3.1"),
            _image("fail-google", "gcr.io/google-containers/pause:3.1"),
            _image("fail-bitnami", "bitnamilegacy/redis:7"),
            _image("pass-registry", "registry.k8s.io/pause:3.9"),
            _image("pass-gcr-other", "gcr.io/distroless/static:1"),
            _image("unknown-image", UNKNOWN),
        ]
    ],
    "k8s-image-pull-policy": [
        [
            _image("fail-old", "app:latest", imagePullPolicy="IfNotPresent"),
            _image("fail-channel", "app:edge"),
            _image("pass-channel", "app:edge", imagePullPolicy="Always"),
            _image("pass-fixed", "app:1", imagePullPolicy="IfNotPresent"),
            _image("pass-default", "app:latest"),
            _image("unknown-policy", "app:latest", imagePullPolicy=UNKNOWN),
        ]
    ],
    "k8s-image-signature-verification": [
        [cluster("fail-none"), workload("app")],
        [cluster("pass-controller"), workload("app"), chart("verify", "policy-controller")],
        [
            cluster("pass-kyverno"),
            workload("app"),
            object_("kyverno.io/v1:ClusterPolicy", "verify", None, spec={"rules": [{"verifyImages": [{}]}]}),
        ],
        [
            cluster("unknown-policy"),
            workload("app"),
            object_("kyverno.io/v1:ClusterPolicy", "verify", None, spec=UNKNOWN),
        ],
        [cluster("na-no-workloads")],
    ],
}
