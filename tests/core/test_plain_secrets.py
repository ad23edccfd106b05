"""What is taken for a secret in plain text, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.plain_secrets import found, hidden, hidden_line, looks

YES = [
    ("password", "hunter2"),
    ("DB_PASSWORD", "s3cr3t-x"),
    ("adminPassword", "prom-operator"),
    ("apiKey", "0123abcd"),
    ("api-key", "0123abcd"),
    ("auth.token", "abc"),
    ("secretAccessKey", "wJalrXUtnFEMI"),
    ("anything", "AKIA" + "Q" * 16),
    ("url", "postgres://app:hunter22@db/shop"),
    ("key", "-----BEGIN RSA PRIVATE KEY-----"),
    ("ec2_ssh_key", "-----BEGIN RSA PRIVATE KEY-----"),
    ("deploySshKey", "s3cr3t-x"),
]
NO = [
    ("TOKEN_LIFETIME", "1h30m"),
    ("PASSWORD_POLICY", "strict"),
    ("SECRET_PROVIDER", "vault"),
    ("secretName", "db-users"),
    ("existingSecret", "db-users"),
    ("secret", "web-tls"),
    ("tokenPath", "/var/run/token"),
    ("password", "$(DB_PASSWORD)"),
    ("password", "${vault}"),
    ("password", ""),
    ("passwordEnabled", "x"),
    ("tokenizer", "bert"),
    ("password", 5),
    ("url", "https://example.com/a"),
    ("image", "repo/image@sha256:abc"),
    ("ec2_ssh_key", "ops-2026"),
    ("ec2SshKey", "ops-2026"),
]


@pytest.mark.parametrize(("name", "value"), YES)
def test_a_secret(name: str, value: Any) -> None:
    assert looks(name, value)


@pytest.mark.parametrize(("name", "value"), NO)
def test_no_secret(name: str, value: Any) -> None:
    assert not looks(name, value)


def test_they_are_found_and_hidden_by_the_name_of_a_variable_too() -> None:
    value = {"env": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "MODE", "value": "x"}]}
    assert list(found(value)) == [("env", 0, "value")]
    assert hidden(value, "", "*")["env"] == [{"name": "DB_PASSWORD", "value": "*"}, {"name": "MODE", "value": "x"}]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("+  password: hunter2", "+  password: [secret]"),
        ("-export DB_PASSWORD=hunter2", "-export DB_PASSWORD=[secret]"),
        (" mode: fast", " mode: fast"),
        ("+curl http://a:hunter22@b/", "+curl http://a:[secret]@b/"),
    ],
)
def test_a_line_without_its_secret(line: str, told: str) -> None:
    assert hidden_line(line) == told
