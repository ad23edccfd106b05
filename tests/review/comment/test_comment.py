"""One comment, on each host, whatever is there already."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.comment import Bitbucket, GitHub, GitLab, Host, http, post
from eks_blueprints.review.comment.built import built
from eks_blueprints.review.comment.http import Api, HostError
from eks_blueprints.review.comment.pack import SECTION, length, pack
from eks_blueprints.review.comment.post import CLEAN
from eks_blueprints.review.comment.validated import validated
from tests.review.comment.standin import TOKEN, Server, running

HOSTS = ("github", "gitlab", "bitbucket")
REPORT = f"### one\n\n{SECTION}\n\n<details><summary>two <code>+1</code></summary>\n\nthree\n\n</details>\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as state:
        yield state


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def host(name: str, server: Server, token: str = TOKEN) -> Host:
    if name == "github":
        return GitHub("acme/shop", 7, token, server.url)
    return GitLab("12", 7, token, server.url) if name == "gitlab" else Bitbucket("acme/shop", 7, token, server.url)


@pytest.mark.parametrize("name", HOSTS)
class TestEveryHost:
    def test_the_first_report_is_a_new_comment(self, name: str, server: Server) -> None:
        assert str(post(host(name, server), REPORT, "diff")) == "1 created"
        (body,) = server.bodies()
        assert body.startswith(host(name, server).mark("diff").strip())
        assert "one" in body

    def test_the_next_one_updates_it_however_many_pages_there_are(self, name: str, server: Server) -> None:
        for number in range(10):
            server.add(f"chat {number}", "someone")
        post(host(name, server), REPORT, "diff")
        server.add("more chat", "someone")
        assert str(post(host(name, server), REPORT.replace("one", "uno"), "diff")) == "1 updated"
        assert len(server.bodies()) == 1
        assert "uno" in server.bodies()[0]

    def test_the_same_report_changes_nothing(self, name: str, server: Server) -> None:
        post(host(name, server), REPORT, "diff")
        assert str(post(host(name, server), REPORT, "diff")) == "1 unchanged"
        assert not [each for each in server.requests if each.startswith(("PUT", "PATCH"))]

    def test_a_long_report_becomes_parts_and_shrinks_again(self, name: str, server: Server) -> None:
        here = host(name, server)
        server.limit = here.limit
        part = "x" * (here.limit // 2)
        assert str(post(here, SECTION.join([part] * 3), "diff")) == "3 created"
        assert all(length(body) <= here.limit for body in server.bodies())
        assert "part 2 of 3" in server.bodies()[1]
        assert str(post(here, REPORT, "diff")) == "1 updated, 2 deleted"

    def test_tags_are_comments_of_their_own(self, name: str, server: Server) -> None:
        post(host(name, server), REPORT, "diff")
        post(host(name, server), REPORT, "costs")
        assert len(server.bodies()) == 2

    def test_nothing_to_say_makes_no_comment_and_corrects_one(self, name: str, server: Server) -> None:
        quiet = f"{CLEAN}\n### no changes\n"
        assert "nothing was posted" in str(post(host(name, server), quiet, "diff"))
        post(host(name, server), REPORT, "diff")
        assert str(post(host(name, server), quiet, "diff")) == "1 updated"
        assert "no changes" in server.bodies()[0]

    def test_a_mark_in_a_strangers_comment_is_left_alone(self, name: str, server: Server) -> None:
        server.add(host(name, server).mark("diff") + "\nmine", "stranger")
        post(host(name, server), REPORT, "diff")
        assert len(server.bodies()) == 1
        assert server.bodies("stranger")[0].endswith("mine")

    def test_a_wrong_token_is_said(self, name: str, server: Server) -> None:
        with pytest.raises(HostError, match="Bad credentials"):
            post(host(name, server, "wrong"), REPORT, "diff")

    def test_a_busy_host_is_asked_again(self, name: str, server: Server) -> None:
        server.faults += [(503, {}), (429, {"Retry-After": "1"})]
        assert post(host(name, server), REPORT, "diff").created == 1

    def test_a_host_that_stays_down_is_given_up(self, name: str, server: Server) -> None:
        server.faults += [(502, {})] * 4
        with pytest.raises(HostError, match="502"):
            post(host(name, server), REPORT, "diff")

    def test_the_token_does_not_follow_a_redirect(self, name: str, server: Server) -> None:
        server.faults += [(302, {"Location": "http://127.0.0.1:1/steal"})]
        with pytest.raises(HostError, match="302"):
            post(host(name, server), REPORT, "diff")


def test_bitbucket_gets_no_html(server: Server) -> None:
    post(host("bitbucket", server), REPORT, "diff")
    assert server.bodies()[0].rstrip().endswith("**two `+1`**\n\nthree")


def test_a_comment_that_goes_meanwhile_is_written_again(server: Server) -> None:
    here = host("github", server)
    post(here, REPORT, "diff")
    number = server.comments[0]["id"]
    found = list(here.comments())
    server.comments.clear()
    here.comments = lambda: iter(found)  # type: ignore[method-assign]
    assert str(post(here, REPORT.replace("one", "uno"), "diff")) == "1 created"
    assert f"PATCH /repos/acme/shop/issues/comments/{number}" in server.requests


def test_a_workflows_own_token_knows_its_comments(server: Server) -> None:
    server.me = None
    post(host("github", server), REPORT, "diff")
    assert post(host("github", server), REPORT + "!", "diff").updated == 1


def test_a_list_cannot_lead_elsewhere(server: Server) -> None:
    for _ in range(9):
        server.add("x")
    real, server.url = server.url, "http://127.0.0.1:1"
    with pytest.raises(HostError, match="elsewhere"):
        list(GitHub("acme/shop", 7, TOKEN, real).comments())


@pytest.mark.parametrize("tag", ["", "a -->", "a\nb", "é", "x" * 101])
def test_a_tag_that_could_break_the_mark_is_refused(server: Server, tag: str) -> None:
    with pytest.raises(ValueError, match="is not a tag"):
        post(host("github", server), REPORT, tag)


class TestPacking:
    def test_sections_stay_whole(self) -> None:
        bodies = pack(["a" * 400, "b" * 400, "c" * 400], "<!-- m -->", 1100, 9)
        assert len(bodies) == 2
        assert "c" * 400 in bodies[1]

    def test_a_section_that_is_too_long_is_cut_between_lines_and_closed(self) -> None:
        part = "<details><summary>s</summary>\n\n```diff\n" + "+ line\n" * 900 + "```\n\n</details>"
        (body,) = pack([part], "<!-- m -->", 3000, 9)
        assert length(body) <= 3000
        assert body.count("```") == 2
        assert body.count("<details>") == body.count("</details>")
        assert "Cut here" in body

    def test_no_more_parts_than_asked_for(self) -> None:
        bodies = pack(["x" * 900] * 9, "<!-- m -->", 1100, 3)
        assert len(bodies) == 3
        assert all(length(body) <= 1100 for body in bodies)
        assert "Cut here" in bodies[-1]

    def test_letters_outside_the_basic_plane_count_twice(self) -> None:
        assert length("a⛔🚀") == 4


EVIL = (
    "<!-- eks-blueprints:diff -->",
    "<img src=x>",
    "![x](http://evil)",
    "[x](http://evil)",
    "@everyone",
    "<scr<script>ipt>x</script>",
    "<img\nsrc=x>",
    "&lt;img src=x&gt;&#60;b&#62;",
    "~~~\n</details>\n~~~",
    "```\n</details>\n# big",
    "a\n\n# big\n\n| a | b |",
    "\u202e\u2028\x1b[31m",
    "::error::x",
)


def data(**changes: Any) -> dict[str, Any]:
    """A report's JSON of one stack."""
    from eks_blueprints.review.report.json_form import to_data
    from tests.review.report.reports import replaced_nodes

    found: dict[str, Any] = json.loads(json.dumps(to_data(replaced_nodes())))
    return found | changes


def everywhere(value: Any, text: str, key: str = "") -> Any:
    """The same data with a text in every place that may hold any."""
    if isinstance(value, dict):
        return {name: everywhere(each, text, name) for name, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, text, key) for each in value]
    fixed = ("kind", "level", "harm", "severity", "currency", "area")
    return text if isinstance(value, str) and key not in fixed else value


class TestBuilding:
    @pytest.mark.parametrize("text", EVIL)
    def test_nothing_of_a_stranger_is_markup(self, text: str) -> None:
        found = validated(json.dumps(everywhere(data(notes=["n"], errors={"dev": "e"}), text)), "report.json")
        told = built(found)
        fences = r"(?ms)^(`{3,})\w+\n.*?^\1$"
        spans = r"(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)"
        outside = re.sub(spans, "", re.sub(fences, "", told))
        for token in ("<img", "<script", "![", "@everyone", "<!-- eks-blueprints:diff", "&#60;", "\n# big"):
            assert token not in outside
        assert not re.search(r"(?<!\\)\](?=\()", outside)
        assert outside.count("<details>") == outside.count("</details>")
        assert not re.search(r"(?m)^\s*::", told)
        assert all(c.isprintable() or c in "\n\u200b" for c in told)

    def test_it_says_what_the_report_says(self) -> None:
        told = built(validated(json.dumps(data()), "report.json"))
        assert told.startswith(("### ⛔ ", "### ⚠️ "))
        for part in ("needs attention", "what changes", "| stack | create |"):
            assert part in told

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ("", "is not a report; got text that is not JSON"),
            ("[" * 100_000, "is not a report; got text that is not JSON"),
            ("[]", "needs object"),
            ("{}", "lacks kind"),
        ],
    )
    def test_what_is_no_report_is_refused(self, wrong: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            validated(wrong, "report.json")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"level": "fine"}, "level.? is none of"),
            ({"counts": {"create": True, "update": 0, "replace": 0, "delete": 0}}, "create.? needs integer"),
            ({"counts": {"create": -1, "update": 0, "replace": 0, "delete": 0}}, "is too small"),
            ({"extra": 1}, "is no field of it"),
            ({"stacks": [1]}, "needs object; got 1"),
            ({"errors": {"dev": 1}}, "needs string; got 1"),
            ({"version": True}, "is not 1; got true"),
            ({"version": 9}, "is not 1; got 9"),
        ],
    )
    def test_a_report_that_breaks_its_schema_is_refused(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            validated(json.dumps(data(**changes)), "report.json")


class TestCommand:
    def run(self, *arguments: str) -> tuple[int, str]:
        from click.testing import CliRunner

        from eks_blueprints.cli.comment import command

        result = CliRunner().invoke(command, arguments)
        return result.exit_code, result.output

    @pytest.fixture
    def report(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        for name in (
            "GITHUB_ACTIONS",
            "GITLAB_CI",
            "BITBUCKET_BUILD_NUMBER",
            "GITHUB_STEP_SUMMARY",
            "GITHUB_EVENT_PATH",
        ):
            monkeypatch.delenv(name, raising=False)
        file = tmp_path / "report.json"
        file.write_text(json.dumps(data()))
        return str(file)

    def event(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server, data: object) -> None:
        file = tmp_path / "event.json"
        file.write_text(json.dumps(data))
        settings = {"ACTIONS": "true", "TOKEN": TOKEN, "REPOSITORY": "acme/shop", "API_URL": server.url}
        for key, value in {**settings, "EVENT_PATH": str(file)}.items():
            monkeypatch.setenv(f"GITHUB_{key}", value)

    def test_a_pull_request_event(
        self, report: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.event(tmp_path, monkeypatch, server, {"pull_request": {"number": 7}})
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
        assert self.run(report) == (0, "1 created\n")
        assert (tmp_path / "summary.md").read_text().startswith("\n### ")

    def test_a_workflow_run_finds_its_pull_request_by_the_commit(
        self, report: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = {"head_sha": "abc", "head_branch": "fix", "head_repository": {"owner": {"login": "stranger"}}}
        self.event(tmp_path, monkeypatch, server, {"workflow_run": head})
        server.pulls = [
            {"number": 8, "head": {"sha": "old"}, "_head": "stranger:fix"},
            {"number": 9, "head": {"sha": "abc"}, "_head": "stranger:fix"},
        ]
        assert self.run(report) == (0, "1 created\n")
        assert "POST /repos/acme/shop/issues/9/comments" in server.requests

    def test_a_commit_that_is_no_head_any_more_is_left(
        self, report: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = {"head_sha": "abc", "head_branch": "fix", "head_repository": {"owner": {"login": "stranger"}}}
        self.event(tmp_path, monkeypatch, server, {"workflow_run": head})
        code, said = self.run(report)
        assert (code, server.comments) == (0, [])
        assert "nothing was posted" in said

    def test_gitlab_and_bitbucket_are_known_by_their_variables(
        self, report: str, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GITLAB_CI", "true")
        for key, value in {"CI_PROJECT_ID": "12", "CI_MERGE_REQUEST_IID": "7", "CI_API_V4_URL": server.url}.items():
            monkeypatch.setenv(key, value)
        assert self.run(report)[0] == 2
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        assert self.run(report) == (0, "1 created\n")
        monkeypatch.setenv("BITBUCKET_TOKEN", TOKEN)
        arguments = ("--host", "bitbucket", "--repository", "acme/shop", "--number", "3", "--api-url", server.url)
        assert self.run(report, *arguments)[0] == 0

    def test_nothing_is_posted_on_a_dry_run(self, report: str, server: Server) -> None:
        code, said = self.run(report, "--dry-run")
        assert code == 0
        assert said.startswith("<!-- eks-blueprints:diff -->")

    def test_no_pulumi_is_imported(self) -> None:
        import subprocess
        import sys

        modules = "eks_blueprints.cli.comment, eks_blueprints.review.comment"
        code = f"import sys, {modules}; assert 'pulumi' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("url", ["http://example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1", "file:///"])
def test_a_token_is_sent_by_https_alone(url: str) -> None:
    with pytest.raises(HostError, match="needs https, as the token is sent to it"):
        Api(url, {})


def test_a_stand_in_on_this_machine_is_reached_without() -> None:
    assert Api("http://127.0.0.1:8080", {}).url
