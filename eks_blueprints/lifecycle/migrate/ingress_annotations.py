"""Annotations of ingress-nginx, and what there is instead behind an Application Load Balancer of a Gateway.

Sources: ingress-nginx, "Annotations" (controller 1.15); AWS Load Balancer Controller 3.5, "Gateway API" and
"Customization" (LoadBalancerConfiguration, TargetGroupConfiguration, ListenerRuleConfiguration); Gateway API 1.5,
HTTPRoute; what ingress2gateway translates, 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "nginx.ingress.kubernetes.io/"
CLASS = "kubernetes.io/ingress.class"
ALIAS = f"{PREFIX}server-alias"
"""Further hosts, which a route simply has."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What to do about an annotation."""

    do: str
    alike: bool = False
    """Whether the route answers as the Ingress does without it, so that it is made all the same."""


def _hand(do: str) -> Counterpart:
    return Counterpart(do)


def _same(do: str) -> Counterpart:
    return Counterpart(do, alike=True)


_REWRITE = _hand(
    "write the route with a URLRewrite filter (http_route.spec.rules), which replaces a prefix; for groups of a "
    "regular expression let the application take the whole path"
)
_SNIPPET = _hand(
    "has no counterpart: move what it does into the application, or serve it by Envoy Gateway with a patch"
)
_AUTH = _hand("write a ListenerRuleConfiguration with authenticate-oidc or authenticate-cognito, and the route with it")
_BASIC = _hand("has no counterpart: sign on by OIDC at the load balancer, or in the application")
_CANARY = _hand("write one route with both Services in backendRefs and their weight, or a match of headers")
_REDIRECT = _hand("write the route with a RequestRedirect filter (http_route.spec.rules)")
_STICKY = _hand("write targetGroupAttributes with stickiness.enabled in a TargetGroupConfiguration of the Service")
_LIMIT = _hand("write a rule of rate in a web ACL of AWS WAF, and wafV2 in the LoadBalancerConfiguration")
_CORS = _hand("have the application answer them: a load balancer does not")
_PROTOCOL = _hand(
    "write protocol or protocolVersion in a TargetGroupConfiguration of the Service; for gRPC a GRPCRoute"
)
_TLS = _hand("write trustStore and mutualAuthentication in the LoadBalancerConfiguration")
_UPSTREAM_TLS = _hand("a load balancer does not verify certificates of pods: look whether that is meant")
_FIREWALL = _hand("write a web ACL of AWS WAF, and wafV2 in the LoadBalancerConfiguration")
_TIMEOUT = _same("write loadBalancerAttributes with idle_timeout.timeout_seconds in the LoadBalancerConfiguration")
_NONE = _same("has no counterpart and needs none: a load balancer limits and buffers in its own way")
_HTTPS = _same("write a route of the listener http with a RequestRedirect filter to https")
_LOGS = _same("write loadBalancerAttributes with access_logs.s3.enabled in the LoadBalancerConfiguration")

_KNOWN: Mapping[str, Counterpart] = {
    "app-root": _REDIRECT,
    "affinity": _STICKY,
    "affinity-mode": _STICKY,
    "affinity-canary-behavior": _STICKY,
    "session-cookie-*": _STICKY,
    "auth-realm": _BASIC,
    "auth-secret": _BASIC,
    "auth-secret-type": _BASIC,
    "auth-type": _BASIC,
    "auth-tls-*": _TLS,
    "auth-*": _AUTH,
    "enable-global-auth": _AUTH,
    "backend-protocol": _PROTOCOL,
    "canary": _CANARY,
    "canary-*": _CANARY,
    "client-body-buffer-size": _NONE,
    "configuration-snippet": _SNIPPET,
    "server-snippet": _SNIPPET,
    "stream-snippet": _SNIPPET,
    "custom-headers": _hand("let the application set them: a load balancer changes few headers"),
    "custom-http-errors": _hand("has no counterpart: let the application answer them"),
    "default-backend": _hand("write a rule of its own for all other paths"),
    "disable-proxy-intercept-errors": _NONE,
    "enable-cors": _CORS,
    "cors-*": _CORS,
    "force-ssl-redirect": _HTTPS,
    "ssl-redirect": _HTTPS,
    "preserve-trailing-slash": _HTTPS,
    "from-to-www-redirect": _REDIRECT,
    "permanent-redirect": _REDIRECT,
    "permanent-redirect-code": _REDIRECT,
    "temporal-redirect": _REDIRECT,
    "temporal-redirect-code": _REDIRECT,
    "relative-redirects": _REDIRECT,
    "http2-push-preload": _NONE,
    "limit-*": _LIMIT,
    "global-rate-limit*": _LIMIT,
    "enable-modsecurity": _FIREWALL,
    "enable-owasp-core-rules": _FIREWALL,
    "modsecurity-*": _FIREWALL,
    "denylist-source-range": _FIREWALL,
    "whitelist-source-range": _hand(
        "write sourceRanges in a LoadBalancerConfiguration, which is for its whole Gateway"
    ),
    "load-balance": _same("write load_balancing.algorithm.type in a TargetGroupConfiguration of the Service"),
    "mirror-*": _hand("has no counterpart behind a load balancer"),
    "enable-access-log": _LOGS,
    "enable-rewrite-log": _LOGS,
    "enable-opentelemetry": _same("trace in the application: a load balancer adds X-Amzn-Trace-Id"),
    "opentelemetry-*": _same("trace in the application: a load balancer adds X-Amzn-Trace-Id"),
    "proxy-connect-timeout": _NONE,
    "proxy-read-timeout": _TIMEOUT,
    "proxy-send-timeout": _TIMEOUT,
    "proxy-body-size": _NONE,
    "proxy-buffer*": _NONE,
    "proxy-max-temp-file-size": _NONE,
    "proxy-request-buffering": _NONE,
    "proxy-http-version": _NONE,
    "proxy-next-upstream*": _NONE,
    "proxy-cookie-*": _hand("let the application set them: a load balancer does not change cookies"),
    "proxy-redirect-*": _hand("let the application answer with the right address"),
    "proxy-ssl-*": _UPSTREAM_TLS,
    "rewrite-target": _REWRITE,
    "use-regex": _hand("write the route with a match of RegularExpression (http_route.spec.rules)"),
    "satisfy": _AUTH,
    "secure-verify-ca-secret": _UPSTREAM_TLS,
    "server-alias": _same("is among the hosts of the route"),
    "service-upstream": _NONE,
    "ssl-ciphers": _same("write sslPolicy of the listener in the LoadBalancerConfiguration"),
    "ssl-prefer-server-ciphers": _NONE,
    "ssl-passthrough": _hand("write a TLSRoute and a Gateway of the class gateway.k8s.aws/nlb"),
    "upstream-hash-by*": _hand("has no counterpart: use stickiness, or let clients choose"),
    "upstream-vhost": _hand("let the application take the host that was asked for"),
    "x-forwarded-prefix": _hand("let the application know its path"),
}
_UNKNOWN = _hand("is not known here: look what it does, and write the route by hand")


def counterpart(annotation: str) -> Counterpart | None:
    """What to do about an annotation; None for one that ingress-nginx does not read."""
    if not annotation.startswith(PREFIX):
        return None
    name = annotation.removeprefix(PREFIX)
    if name in _KNOWN:
        return _KNOWN[name]
    like = (key for key in _KNOWN if key.endswith("*") and name.startswith(key[:-1]))
    return _KNOWN.get(max(like, key=len, default=""), _UNKNOWN)


def concerning(annotations: Any) -> Iterator[tuple[str, Counterpart]]:
    """The annotations of ingress-nginx among some, but for those that are switched off."""
    for name, value in annotations.items() if isinstance(annotations, dict) else ():
        found = counterpart(str(name))
        if found is not None and str(value).lower() != "false" and not (name.endswith("protocol") and value == "HTTP"):
            yield str(name), found


def aliases(annotations: Any) -> list[str]:
    """Further hosts that an Ingress answers to."""
    said = annotations.get(ALIAS) if isinstance(annotations, dict) else None
    return [each.strip() for each in str(said or "").split(",") if each.strip()]
