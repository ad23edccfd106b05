"""What the jobs of images do: build, scan, publish, promote. The lines run in bash, with stand-ins for clouds."""

# ruff: noqa: E501 - stand-ins for programs read best with one answer a line

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.core.iam import Allow
from tests.pipelines.bash import GIVEN, Machine, linted
from tests.pipelines.jobs import job

HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
COMMIT = GIVEN["COMMIT"]
BUILD = {"kind": "build", "image": {"repository": "shop/web"}}
INDEX = json.dumps(
    {
        "manifests": [
            {"digest": "sha256:amd", "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:att", "platform": {"os": "unknown", "architecture": "unknown"}},
        ]
    }
)
ECR = f"""
case "$*" in
  "sts get-caller-identity"*) echo 111122223333 ;;
  "ecr get-login-password"*) echo secret ;;
  "ecr batch-get-image"*) echo '{INDEX}' ;;
  "ecr describe-repositories"*) echo "${{MUTABILITY:-MUTABLE}}" ;;
  "ecr describe-images"*)
    tag="$(sed 's/.*imageTag=\\([^ ]*\\).*/\\1/' <<< "$*")"
    if [ -f "$HOME/tags/$tag" ]; then cat "$HOME/tags/$tag"
    else echo "An error occurred (ImageNotFoundException) when calling the DescribeImages operation" >&2; exit 254; fi ;;
  *) exit 1 ;;
esac
"""
DOCKER = """
case "$*" in
  login*) cat > /dev/null ;;
  "buildx inspect"*) exit 1 ;;
  *"buildx build"*) echo '{"containerimage.digest": "sha256:index"}' > image-metadata.json ;;
  "buildx imagetools create"*) echo sha256:list > "$HOME/tags/$(sed 's/.*--tag [^ ]*:\\([^ ]*\\).*/\\1/' <<< "$*")" ;;
esac
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path, {"POLL_SECONDS": "0"})
    made.program("aws", ECR)
    made.program("docker", DOCKER)
    (tmp_path / "tags").mkdir()
    return made


def test_an_image_can_be_told_its_commit(machine: Machine) -> None:
    image = {"repository": "shop/web", "commit_arg": "GIT_COMMIT"}
    assert machine.run(job("build", {"build": {**BUILD, "image": image}})).returncode == 0
    [built] = machine.called("docker buildx build")

    assert f"--build-arg GIT_COMMIT={COMMIT} " in built
    assert "GIT_COMMIT" not in str(job("build", {"build": {**BUILD, "image": {"repository": "shop/web"}}}))


@pytest.mark.parametrize(
    ("image", "wrong"),
    [({"commit_arg": "A", "args": {"A": "b"}}, "is among args; got A twice"), ({"commit_arg": "-x"}, "is not a build")],
)
def test_the_argument_with_the_commit_is_one_of_its_own(image: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=r"image\.commit_arg\s+" + wrong):
        job("build", {"build": {**BUILD, "image": {"repository": "shop/web", **image}}})


def test_an_image_is_built_on_its_own_architecture_and_named_by_its_digest(machine: Machine) -> None:
    found = job(
        "build", {"build": {**BUILD, "image": {"repository": "shop/web", "target": "prod", "args": {"A": "b c"}}}}
    )
    done = machine.run(found)

    assert done.returncode == 0, done.stderr
    [built] = machine.called("docker buildx build")
    assert f"--platform linux/amd64 --file Dockerfile --tag {HOST}/shop/web:sha-{COMMIT}-amd64" in built
    assert "--target prod --build-arg A=b c --provenance=mode=max --sbom=true" in built
    assert "image-manifest=true" in built
    assert machine.read("artifacts/build/image.json") == {
        "registry": HOST,
        "repository": "shop/web",
        "tag": f"sha-{COMMIT}-amd64",
        "digest": "sha256:index",
        "platforms": {"linux/amd64": "sha256:amd"},
    }


def test_the_same_commit_is_not_built_twice(machine: Machine) -> None:
    (machine.root / "tags" / f"sha-{COMMIT}-amd64").write_text("sha256:old")

    assert machine.run(job("build", {"build": BUILD})).returncode == 0
    assert not machine.called("docker buildx build")
    assert machine.read("artifacts/build/image.json")["digest"] == "sha256:old"  # type: ignore[index]


def test_an_error_of_the_registry_is_no_missing_image(machine: Machine) -> None:
    machine.program("aws", 'case "$*" in sts*) echo 1 ;; *) echo AccessDeniedException >&2; exit 254 ;; esac')

    assert machine.run(job("build", {"build": BUILD})).returncode != 0
    assert not machine.called("docker buildx build")


def test_arm_is_built_on_arm() -> None:
    found = job("build", {"build": {"image": {"repository": "shop/web", "platform": "arm64"}}})

    assert found.runner.architecture == "arm64"
    assert found.runner.docker
    assert "ARCH=arm64" in found.commands[-1]


def test_a_role_that_builds_can_push_to_its_repository_alone() -> None:
    allowed = [each.statement() for each in job("build", {"build": BUILD}).allowed]  # type: ignore[union-attr]

    assert {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]} in allowed
    assert [each["Resource"] for each in allowed[1:]] == [["arn:aws:ecr:eu-west-1:111122223333:repository/shop/web"]]


def basic(*findings: tuple[str, str], status: str = "COMPLETE") -> dict[str, Any]:
    found = [
        {"name": name, "severity": severity, "attributes": [{"key": "package_name", "value": "openssl"}]}
        for name, severity in findings
    ]
    return {"imageScanStatus": {"status": status}, "imageScanFindings": {"findings": found}}


def scanned(machine: Machine, answer: dict[str, Any] | None, **fields: Any) -> Any:
    answers = ECR.replace(
        "  *) exit 1 ;;",
        '  "ecr start-image-scan"*) ;;\n  "ecr describe-image-scan-findings"*) cat "$HOME/answer.json" ;;\n  *) exit 1 ;;',
    )
    if answer is None:
        answers = answers.replace('cat "$HOME/answer.json"', "echo ScanNotFoundException >&2; exit 254")
    machine.program("aws", answers)
    (machine.root / "answer.json").write_text(json.dumps(answer))
    machine.write(
        "artifacts/build/image.json",
        {"repository": "shop/web", "digest": "sha256:i", "platforms": {"linux/amd64": "sha256:a"}},
    )
    found = job("scan", {"build": BUILD, "scan": fields})
    text = [line.replace("WAIT_SECONDS=60", "WAIT_SECONDS=0") for line in found.commands]
    return machine.run(found.but(commands=tuple(text)))


def waiver(id_: str, days: int) -> dict[str, str]:
    return {"id": id_, "reason": "not reachable from outside", "expires": (date.today() + timedelta(days)).isoformat()}  # noqa: DTZ011


def test_a_severe_vulnerability_does_not_pass(machine: Machine) -> None:
    done = scanned(machine, basic(("CVE-2026-1111", "CRITICAL"), ("CVE-2026-2222", "MEDIUM")))

    assert done.returncode != 0
    assert "FAILS  CRITICAL CVE-2026-1111 openssl" in done.stdout
    assert "2 findings, 1 too severe, 0 waived" in done.stdout


def test_less_severe_ones_pass_and_are_in_the_report(machine: Machine) -> None:
    assert scanned(machine, basic(("CVE-2026-2222", "MEDIUM"))).returncode == 0
    sarif: Any = machine.read("artifacts/scan-findings/findings.sarif")
    [result] = sarif["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("CVE-2026-2222", "warning")


def test_a_waiver_counts_until_its_last_day(machine: Machine) -> None:
    found = basic(("CVE-2026-1111", "HIGH"))

    assert scanned(machine, found, waivers=[waiver("CVE-2026-1111", 0)]).returncode == 0
    done = scanned(machine, found, waivers=[waiver("CVE-2026-1111", -1)])
    assert done.returncode != 0
    assert "waiver of CVE-2026-1111 is over since" in done.stdout


def test_without_a_result_nothing_passes(machine: Machine) -> None:
    done = scanned(machine, None, wait_minutes=1)

    assert done.returncode != 0
    assert "has no result of a scan; got none after 0 seconds" in done.stderr
    assert machine.called("aws ecr start-image-scan")


def test_an_image_that_cannot_be_scanned_does_not_pass(machine: Machine) -> None:
    done = scanned(machine, basic(status="UNSUPPORTED_IMAGE"))

    assert done.returncode != 0
    assert "cannot be scanned; got UNSUPPORTED_IMAGE" in done.stderr


def enhanced(completed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "enhancedFindings": [
            {
                "severity": "HIGH",
                "status": "ACTIVE",
                "title": "bad",
                "fixAvailable": "NO",
                "packageVulnerabilityDetails": {
                    "vulnerabilityId": "CVE-2026-3333",
                    "vulnerablePackages": [{"name": "zlib"}],
                },
            },
            {"severity": "CRITICAL", "status": "SUPPRESSED", "title": "no", "packageVulnerabilityDetails": {}},
        ]
    }
    if completed:
        found["imageScanCompletedAt"] = "2026-11-30T00:00:00Z"
    return {"imageScanStatus": {"status": "ACTIVE"}, "imageScanFindings": found}


def test_findings_of_inspector_are_judged_too(machine: Machine) -> None:
    done = scanned(machine, enhanced(completed=True))
    assert done.returncode != 0
    assert "1 findings, 1 too severe" in done.stdout

    assert scanned(machine, enhanced(completed=True), only_fixed=True).returncode == 0


def test_inspector_that_has_not_finished_is_waited_for(machine: Machine) -> None:
    done = scanned(machine, enhanced(completed=False), wait_minutes=1)

    assert "has no result of a scan; got ACTIVE" in done.stderr


PUBLISH = {"build": BUILD, "publish": {"image": {"repository": "shop/web", "tags": ["commit", "version", "branch"]}}}


def published(machine: Machine, **variables: str) -> Any:
    image = {"repository": "shop/web", "digest": "sha256:index", "platforms": {"linux/amd64": "sha256:amd"}}
    machine.write("artifacts/build/image.json", image)
    return machine.run(job("publish", PUBLISH), variables)


def test_an_image_gets_its_tags(machine: Machine) -> None:
    assert published(machine, BRANCH="v1.2.3").returncode == 0

    made = machine.called("docker buildx imagetools create")
    assert made[0] == f"docker buildx imagetools create --tag {HOST}/shop/web:sha-{COMMIT} {HOST}/shop/web@sha256:index"
    assert [each.split()[5].rpartition(":")[2] for each in made] == [f"sha-{COMMIT}", "1.2.3", "v1.2.3"]
    assert machine.read("artifacts/publish/image.json")["digest"] == "sha256:list"  # type: ignore[index]


def test_a_tag_that_can_be_sorted_begins_with_the_branch_and_the_time(machine: Machine) -> None:
    image = {"repository": "shop/web", "digest": "sha256:index", "platforms": {"linux/amd64": "sha256:amd"}}
    machine.write("artifacts/build/image.json", image)
    machine.program("date", '[ "$*" = "-u +%Y%m%d%H%M%S" ] && echo 20261130120000')
    publish = {"image": {"repository": "shop/web", "tags": ["timestamp"]}}
    done = machine.run(job("publish", {"build": BUILD, "publish": publish}), {"BRANCH": "feature/x"})

    assert done.returncode == 0, done.stderr
    assert f"--tag {HOST}/shop/web:feature-x-20261130120000-{COMMIT[:7]} " in " ".join(machine.calls)


def test_a_version_is_never_moved(machine: Machine) -> None:
    (machine.root / "tags" / "1.2.3").write_text("sha256:other")
    done = published(machine, BRANCH="v1.2.3")

    assert done.returncode != 0
    assert "shop/web:1.2.3 is another image; got sha256:other" in done.stderr


def test_a_tag_of_a_branch_stays_where_tags_are_immutable(machine: Machine) -> None:
    (machine.root / "tags" / "feature-x").write_text("sha256:other")

    assert published(machine, BRANCH="feature/x", MUTABILITY="IMMUTABLE").returncode == 0
    assert len(machine.called("docker buildx imagetools create")) == 1


PROMOTE = {
    "build": BUILD,
    "promote": {"image": {"repository": "prod/web", "account_id": "444455556666", "tags": ["production"]}},
}


def test_promotion_copies_the_digest_and_compares_it(machine: Machine) -> None:
    machine.write(
        "artifacts/build/image.json", {"registry": HOST, "repository": "shop/web", "tag": "t1", "digest": "sha256:d"}
    )
    found = job("promote", PROMOTE)
    machine.program(
        "cosign", 'case "$*" in login*) cat > /dev/null ;; *) echo sha256:d > "$HOME/tags/${4##*:}" ;; esac'
    )
    assert machine.run(found).returncode == 0
    assert (
        f"cosign copy --force {HOST}/shop/web@sha256:d 444455556666.dkr.ecr.eu-west-1.amazonaws.com/prod/web:t1"
        in machine.calls
    )
    assert machine.read("artifacts/promote/image.json")["repository"] == "prod/web"  # type: ignore[index]

    machine.program(
        "cosign", 'case "$*" in login*) cat > /dev/null ;; *) echo sha256:x > "$HOME/tags/${4##*:}" ;; esac'
    )
    (machine.root / "tags" / "t1").unlink()
    done = machine.run(found)
    assert done.returncode != 0
    assert "is not what was promoted; got sha256:x instead of sha256:d" in done.stderr


PUBLIC = {"build": BUILD, "promote": {"image": {"public": "a1b2c3d4/shop/web"}}}


def test_promotion_to_the_public_gallery_logs_in_where_its_api_is(machine: Machine) -> None:
    built = {"registry": HOST, "repository": "shop/web", "tag": "t1", "digest": "sha256:d"}
    machine.write("artifacts/build/image.json", built)
    login = '"ecr get-login-password"* | "ecr-public get-login-password --region us-east-1")'
    aws = ECR.replace('"ecr get-login-password"*)', login)
    machine.program("aws", aws.replace('"ecr describe-images"*', '"ecr-public describe-images --region us-east-1"*'))
    machine.program(
        "cosign", 'case "$*" in login*) cat > /dev/null ;; *) echo sha256:d > "$HOME/tags/${4##*:}" ;; esac'
    )
    found = job("promote", PUBLIC)
    done = machine.run(found)

    assert done.returncode == 0, done.stderr
    assert f"cosign copy --force {HOST}/shop/web@sha256:d public.ecr.aws/a1b2c3d4/shop/web:t1" in machine.calls
    assert machine.read("artifacts/promote/image.json")["registry"] == "public.ecr.aws/a1b2c3d4"  # type: ignore[index]
    pushed = [each for each in found.allowed if isinstance(each, Allow) and "ecr-public:PutImage" in each.actions]
    assert [each.on for each in pushed] == [("arn:aws:ecr-public::111122223333:repository/shop/web",)]


def test_two_builds_into_one_repository_would_take_each_others_image() -> None:
    with pytest.raises(ValidationError, match="is pushed under the name of what build builds"):
        job("other", {"build": BUILD, "other": BUILD})


@pytest.mark.parametrize("name", ["docker.io/acme/web", "ghcr.io/acme/web", "public.ecr.aws/a1b2c3d4/web"])
def test_other_registries_are_told_of_with_the_way_there(name: str) -> None:
    with pytest.raises(ValidationError, match="a promote stage copies to ECR Public, and commands of yours"):
        job("build", {"build": {**BUILD, "image": {"repository": name}}})


@pytest.mark.parametrize(
    "stages", [PUBLISH, PROMOTE, PUBLIC, {"build": BUILD, "scan": {}}, {"build": BUILD, "scan": {"scanner": "trivy"}}]
)
def test_the_lines_are_clean_bash(stages: dict[str, Any]) -> None:
    for name in stages:
        assert not linted(job(name, stages).commands)
