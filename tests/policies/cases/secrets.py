"""Cases of the rules about secrets and accounts."""

from typing import Any

from tests.policies.build import UNKNOWN, object_, workload

_SECRET = {"$secret": True}


def _env(name: str, variable: str, value: Any, **more: Any) -> Any:
    return workload(name, c={"env": [{"name": variable, "value": value}]}, **more)


def _secret(name: str, **parts: Any) -> Any:
    return object_("v1:Secret", name, **parts)


def _map(name: str, value: Any) -> Any:
    return object_("v1:ConfigMap", name, data={"config": value})


def _uses(name: str, account: Any, **pod: Any) -> Any:
    return workload(name, p={"serviceAccountName": account, **pod})


CASES = {
    "k8s-secrets-not-in-env": [
        [
            workload("fail-key", c={"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x"}}}]}),
            workload("fail-all", c={"envFrom": [{"secretRef": {"name": "x"}}]}),
            workload("pass-config", c={"envFrom": [{"configMapRef": {"name": "x"}}]}),
            workload("unknown-env", c={"env": UNKNOWN}),
        ]
    ],
    "k8s-no-empty-passwords": [
        [
            _env("fail-mysql", "MYSQL_ALLOW_EMPTY_PASSWORD", "1"),
            _env("fail-mariadb", "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "yes"),
            _env("fail-bitnami", "ALLOW_EMPTY_PASSWORD", "Yes"),
            _env("fail-postgres", "POSTGRES_HOST_AUTH_METHOD", "trust"),
            _env("pass-no", "ALLOW_EMPTY_PASSWORD", "no"),
            _env("pass-scram", "POSTGRES_HOST_AUTH_METHOD", "scram-sha-256"),
            _env("pass-other", "MYSQL_DATABASE", "1"),
            _env("unknown-value", "MYSQL_ALLOW_EMPTY_PASSWORD", UNKNOWN),
        ]
    ],
    "k8s-no-plaintext-secrets": [
        [
            _env("fail-password", "DB_PASSWORD", "hunter2"),
            _env("fail-pulumi-secret", "API_TOKEN", _SECRET),
            _env("fail-key-anywhere", "SETTINGS", "id=AKIAABCDEFGHIJKLMNOP"),
            _env("fail-access-key", "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG"),
            _env("pass-file", "DB_PASSWORD_FILE", "hunter2"),
            _env("pass-path", "DB_PASSWORD", "/run/secrets/db"),
            _env("pass-reference", "DB_PASSWORD", "$(OTHER)"),
            _env("pass-empty", "DB_PASSWORD", ""),
            _env("pass-url", "TOKEN_ISSUER", "https://id.example.com/"),
            _env("pass-tokenizer", "TOKENIZER", "cl100k_base"),
            _env("pass-number", "MAX_TOKENS", "4096"),
            _env("pass-plain", "LEVEL", "debug"),
            _env("pass-unknown-elsewhere", "LEVEL", UNKNOWN),
            workload("pass-from", c={"env": [{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "x"}}}]}),
            _env("unknown-password", "PASSWORD", UNKNOWN),
            _map("fail-map", "-----BEGIN RSA PRIVATE KEY-----"),
            _map("fail-map-token", "token: ghp_" + "a" * 36),
            _map("pass-map", "level: debug"),
            _map("unknown-map", UNKNOWN),
        ]
    ],
    "k8s-external-secrets-preferred": [
        [
            _secret("fail-data", stringData={"a": "b"}),
            _secret("fail-unknown-data", data=UNKNOWN),
            _secret("pass-empty"),
            _secret("na-tls", type="kubernetes.io/tls", data={}),
            _secret("unknown-type", type=UNKNOWN),
        ]
    ],
    "k8s-no-legacy-service-account-token": [
        [
            _secret("fail-token", type="kubernetes.io/service-account-token"),
            _secret("pass-opaque", type="Opaque"),
            _secret("unknown-type", type=UNKNOWN),
        ]
    ],
    "k8s-dedicated-service-account": [
        [
            workload("fail-unset"),
            _uses("fail-default", "default"),
            workload("fail-old-field", p={"serviceAccount": "app"}),
            _uses("pass-own", "app"),
            _uses("pass-symbol", "${pass-own.metadata.name}"),
            _uses("unknown-account", UNKNOWN),
        ]
    ],
    "k8s-service-account-token-automount": [
        [
            workload("fail-unset"),
            _uses("fail-true", "app", automountServiceAccountToken=True),
            _uses("pass-false", "app", automountServiceAccountToken=False),
            object_("v1:ServiceAccount", "closed", automountServiceAccountToken=False),
            _uses("pass-by-account", "closed"),
            object_(
                "rbac.authorization.k8s.io/v1:RoleBinding",
                "b",
                subjects=[{"kind": "ServiceAccount", "name": "operator"}],
            ),
            _uses("pass-bound", "operator"),
            _uses("unknown-flag", "app", automountServiceAccountToken=UNKNOWN),
        ]
    ],
}
