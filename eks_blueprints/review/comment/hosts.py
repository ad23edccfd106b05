"""The three hosts: how each lists, writes and removes comments, and how each tells whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

from eks_blueprints.review.comment.http import Api, HostError
from eks_blueprints.review.comment.pack import without_html


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that is there already."""

    id: str
    body: str
    own: bool
    """Whether whoever the token belongs to wrote it."""


class Host(Protocol):
    """Where comments are."""

    limit: int
    """The longest body."""

    def mark(self, tag: str) -> str:
        """The hidden first line of our comments."""

    def dressed(self, body: str) -> str:
        """A body as this host shows it best; never longer than it was."""

    def comments(self) -> Iterator[Comment]:
        """Every comment, the oldest first, however many pages there are."""

    def create(self, body: str) -> None:
        """Write a new comment."""

    def update(self, comment: str, body: str) -> None:
        """Write a comment anew."""

    def delete(self, comment: str) -> None:
        """Remove a comment."""


_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')


def _hidden(tag: str) -> str:
    return f"<!-- eks-blueprints:{tag} -->"


def _pages(api: Api, path: str) -> Iterator[Any]:
    """What a list holds, page after page by the Link header."""
    url: str | None = path
    while url:
        answer = api.call("GET", url)
        yield from answer.data
        following = _NEXT.search(answer.headers.get("Link", "") or "")
        url = following[1] if following else None


def _me(api: Api, path: str, *keys: str) -> str | None:
    """Whose token it is; None where the host does not tell."""
    try:
        data = api.call("GET", path).data
    except HostError as error:
        if error.status in (401, 403, 404):
            return None
        raise
    return next((str(data[key]) for key in keys if isinstance(data, dict) and data.get(key)), None)


class GitHub:
    """GitHub, of github.com or a server of one's own."""

    limit = 65_536

    def __init__(self, repository: str, number: int, token: str, url: str = "https://api.github.com") -> None:
        self._api = github_api(token, url)
        self._repository = f"/repos/{quote(repository)}"
        self._number = number

    @cached_property
    def _login(self) -> str | None:
        return _me(self._api, "/user", "login")

    def mark(self, tag: str) -> str:
        """The hidden first line of our comments."""
        return _hidden(tag)

    def dressed(self, body: str) -> str:
        """As it is."""
        return body

    def comments(self) -> Iterator[Comment]:
        """Every comment, the oldest first."""
        for each in _pages(self._api, f"{self._repository}/issues/{self._number}/comments?per_page=100"):
            login = str((each.get("user") or {}).get("login", ""))
            # A workflow's own token may not ask who it is; only then any app's comment with our mark counts as ours.
            own = login == self._login if self._login else login.endswith("[bot]")
            yield Comment(str(each["id"]), each.get("body") or "", own)

    def create(self, body: str) -> None:
        """Write a new comment."""
        self._api.call("POST", f"{self._repository}/issues/{self._number}/comments", {"body": body})

    def update(self, comment: str, body: str) -> None:
        """Write a comment anew."""
        self._api.call("PATCH", f"{self._repository}/issues/comments/{comment}", {"body": body})

    def delete(self, comment: str) -> None:
        """Remove a comment."""
        self._api.call("DELETE", f"{self._repository}/issues/comments/{comment}")


def github_api(token: str, url: str) -> Api:
    """GitHub's interface with a token."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Api(url, headers)


def github_number(repository: str, owner: str, branch: str, sha: str, api: Api) -> int | None:
    """The open pull request whose head is exactly this commit of this branch of this fork.

    Asked of GitHub and never read from what the pull request's own job left behind.
    """
    head = quote(f"{owner}:{branch}", safe="")
    found = _pages(api, f"/repos/{quote(repository)}/pulls?state=open&head={head}&per_page=100")
    return next((int(each["number"]) for each in found if each["head"]["sha"] == sha), None)


class GitLab:
    """GitLab, of gitlab.com or a server of one's own."""

    limit = 1_000_000

    def __init__(self, project: str, number: int, token: str, url: str = "https://gitlab.com/api/v4") -> None:
        self._api = Api(url, {"PRIVATE-TOKEN": token})
        self._notes = f"/projects/{quote(project, safe='')}/merge_requests/{number}/notes"

    @cached_property
    def _name(self) -> str | None:
        return _me(self._api, "/user", "username")

    def mark(self, tag: str) -> str:
        """The hidden first line of our comments."""
        return _hidden(tag)

    def dressed(self, body: str) -> str:
        """As it is."""
        return body

    def comments(self) -> Iterator[Comment]:
        """Every comment, the oldest first."""
        for each in _pages(self._api, f"{self._notes}?per_page=100&sort=asc&order_by=created_at"):
            if not each.get("system"):
                author = str((each.get("author") or {}).get("username", ""))
                yield Comment(str(each["id"]), each.get("body") or "", self._name in (None, author))

    def create(self, body: str) -> None:
        """Write a new comment."""
        self._api.call("POST", self._notes, {"body": body})

    def update(self, comment: str, body: str) -> None:
        """Write a comment anew."""
        self._api.call("PUT", f"{self._notes}/{comment}", {"body": body})

    def delete(self, comment: str) -> None:
        """Remove a comment."""
        self._api.call("DELETE", f"{self._notes}/{comment}")


@dataclass
class Bitbucket:
    """Bitbucket Cloud, which shows HTML as text: the mark is a link that nothing refers to."""

    repository: str
    number: int
    token: str = field(repr=False)
    url: str = "https://api.bitbucket.org/2.0"
    limit: int = 32_768

    def __post_init__(self) -> None:
        self._api = Api(self.url, {"Authorization": f"Bearer {self.token}"})
        self._path = f"/repositories/{quote(self.repository)}/pullrequests/{self.number}/comments"

    @cached_property
    def _uuid(self) -> str | None:
        return _me(self._api, "/user", "uuid")

    def mark(self, tag: str) -> str:
        """The first line of our comments, which Markdown does not show."""
        return f"[//]: # (eks-blueprints:{tag})\n"

    def dressed(self, body: str) -> str:
        """Without HTML."""
        return without_html(body)

    def comments(self) -> Iterator[Comment]:
        """Every comment, the oldest first."""
        url: str | None = f"{self._path}?pagelen=100&sort=created_on"
        while url:
            data = self._api.call("GET", url).data
            for each in data.get("values", ()):
                if not each.get("deleted"):
                    author = str((each.get("user") or {}).get("uuid", ""))
                    body = str((each.get("content") or {}).get("raw", ""))
                    yield Comment(str(each["id"]), body, self._uuid in (None, author))
            url = data.get("next")

    def create(self, body: str) -> None:
        """Write a new comment."""
        self._api.call("POST", self._path, {"content": {"raw": body}})

    def update(self, comment: str, body: str) -> None:
        """Write a comment anew."""
        self._api.call("PUT", f"{self._path}/{comment}", {"content": {"raw": body}})

    def delete(self, comment: str) -> None:
        """Remove a comment."""
        self._api.call("DELETE", f"{self._path}/{comment}")
