"""What the jobs of charts do: package, publish to ECR or to a bucket that others write to at the same time."""

# ruff: noqa: E501 - stand-ins for programs read best with one answer a line

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.bash import GIVEN, Machine, linted
from tests.pipelines.jobs import job

COMMIT = GIVEN["COMMIT"]
YQ = """
case "$*" in
  "-e .name"*) echo shop ;;
  "-e .version"*) echo "${CHART_VERSION:-1.4.0}" ;;
  "-i "*) ;;
esac
"""
HELM = r"""
case "$*" in
  package*) version="$(sed 's/.*--version \([^ ]*\).*/\1/' <<< "$*")"; to="$(sed 's/.*--destination \([^ ]*\).*/\1/' <<< "$*")"
    echo "chart of $COMMIT" > "$to/shop-$version.tgz" ;;
  "repo index"*)
    { [[ "$*" != *--merge* ]] || cat "${@: -1}"; for file in "$3"/*.tgz; do basename "$file"; done; } | sort -u > "$3/index.yaml" ;;
  "registry login"*) cat > /dev/null ;;
  push*) echo sha256:pushed > "$HOME/tags/1.4.0" ;;
esac
"""
# A bucket with conditional writes: what is in $HOME/bucket, with checksums as ETags.
S3 = r"""
key() { sed "s/.*--key \([^ ]*\).*/\1/" <<< "$*"; }
etag() { md5sum < "$1" | cut -d ' ' -f 1; }
file="$HOME/bucket/$(key "$*")"
mkdir -p "$(dirname "$file")"
case "$*" in
  "sts get-caller-identity"*) echo 111122223333 ;;
  "ecr get-login-password"*) echo secret ;;
  "ecr batch-get-image"*) echo "{\"annotations\": {\"org.opencontainers.image.revision\": \"$(cat "$HOME/revision")\"}}" ;;
  "ecr describe-images"*) cat "$HOME/tags/1.4.0" 2> /dev/null || { echo ImageNotFoundException >&2; exit 254; } ;;
  "s3api put-object"*)
    if [[ "$*" == *index.yaml* ]] && [ -f "$HOME/rival" ]; then
      { cat "$file" 2> /dev/null; cat "$HOME/rival"; } > "$HOME/both"; mv "$HOME/both" "$file"; rm "$HOME/rival"
    fi
    if [[ "$*" == *"--if-none-match"* ]] && [ -f "$file" ]; then echo "(PreconditionFailed)" >&2; exit 254; fi
    if [[ "$*" == *"--if-match"* ]] && [ "$(etag "$file")" != "$(sed 's/.*--if-match \([^ ]*\).*/\1/' <<< "$*")" ]; then
      echo "An error occurred (PreconditionFailed) when calling the PutObject operation" >&2; exit 254
    fi
    cp "$(sed "s/.*--body \([^ ]*\).*/\1/" <<< "$*")" "$file"
    if [[ "$*" == *revision=* ]]; then sed 's/.*revision=//' <<< "$*" > "$file.revision"; fi ;;
  "s3api get-object"*)
    if [ ! -f "$file" ]; then echo "An error occurred (NoSuchKey) when calling the GetObject operation" >&2; exit 254; fi
    cp "$file" "${@: -1}"
    if [[ "$*" == *Metadata* ]]; then cat "$file.revision"; else etag "$file"; fi ;;
esac
"""
BUCKET = {"publish": {"chart": {"path": "chart", "bucket": "s3://acme-charts/stable"}}}
ECR = {"publish": {"chart": {"path": "chart", "repository": "charts/shop"}}}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path, {"POLL_SECONDS": "0"})
    made.program("aws", S3)
    made.program("helm", HELM)
    made.program("yq", YQ)
    made.write("chart/Chart.yaml", "name: shop\nversion: 1.4.0\n")
    (tmp_path / "tags").mkdir()
    return made


def index(machine: Machine) -> list[str]:
    return (machine.root / "bucket/stable/index.yaml").read_text().split()


def test_a_chart_is_added_to_a_new_repository_in_a_bucket(machine: Machine) -> None:
    done = machine.run(job("publish", BUCKET))

    assert done.returncode == 0, done.stderr
    assert index(machine) == ["shop-1.4.0.tgz"]
    noted: Any = machine.read("artifacts/publish/chart.json")
    assert (noted["repository"], noted["name"], noted["version"]) == ("s3://acme-charts/stable", "shop", "1.4.0")
    assert noted["digest"].startswith("sha256:")


def test_what_others_publish_meanwhile_stays_in_the_index(machine: Machine) -> None:
    (machine.root / "bucket/stable").mkdir(parents=True)
    (machine.root / "bucket/stable/index.yaml").write_text("old-1.0.0.tgz\n")
    (machine.root / "rival").write_text("rival-2.0.0.tgz\n")

    assert machine.run(job("publish", BUCKET)).returncode == 0
    assert index(machine) == ["old-1.0.0.tgz", "rival-2.0.0.tgz", "shop-1.4.0.tgz"]
    assert len(machine.called("aws s3api put-object --bucket acme-charts --key stable/index.yaml")) == 2


def test_two_that_make_the_first_index_lose_no_chart(machine: Machine) -> None:
    (machine.root / "rival").write_text("rival-2.0.0.tgz\n")

    assert machine.run(job("publish", BUCKET)).returncode == 0
    assert index(machine) == ["rival-2.0.0.tgz", "shop-1.4.0.tgz"]


def test_a_version_that_is_published_is_not_replaced(machine: Machine) -> None:
    assert machine.run(job("publish", BUCKET)).returncode == 0
    done = machine.run(job("publish", BUCKET), {"COMMIT": "0" * 40})

    assert done.returncode != 0
    assert f"shop-1.4.0.tgz is published already; got commit {COMMIT}; raise version in Chart.yaml" in done.stderr


def test_the_same_commit_can_be_published_again(machine: Machine) -> None:
    assert machine.run(job("publish", BUCKET)).returncode == 0
    first = machine.read("artifacts/publish/chart.json")

    assert machine.run(job("publish", BUCKET)).returncode == 0
    assert machine.read("artifacts/publish/chart.json") == first


def test_a_chart_is_pushed_to_ecr(machine: Machine) -> None:
    done = machine.run(job("publish", ECR))

    assert done.returncode == 0, done.stderr
    [pushed] = machine.called("helm push")
    assert pushed.endswith("oci://111122223333.dkr.ecr.eu-west-1.amazonaws.com/charts")
    assert machine.read("artifacts/publish/chart.json")["digest"] == "sha256:pushed"  # type: ignore[index]


def test_in_ecr_a_version_of_another_commit_stays(machine: Machine) -> None:
    (machine.root / "tags/1.4.0").write_text("sha256:old")
    (machine.root / "revision").write_text("f" * 40)
    assert machine.run(job("publish", ECR)).returncode != 0

    (machine.root / "revision").write_text(COMMIT)
    assert machine.run(job("publish", ECR)).returncode == 0
    assert machine.read("artifacts/publish/chart.json")["digest"] == "sha256:old"  # type: ignore[index]


def test_a_version_that_is_none_is_told(machine: Machine) -> None:
    done = machine.run(job("publish", ECR), {"CHART_VERSION": "latest"})

    assert "needs a semantic version; got latest" in done.stderr


def test_a_signature_by_a_key_of_kms() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    found = job("publish", {"publish": {**ECR["publish"], "sign": {"key_arn": key}}})

    assert found.variables["SIGNING_KEY_ARN"] == key
    assert "cosign" in found.tools
    assert {"Effect": "Allow", "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"], "Resource": [key]} in [
        each.statement()  # type: ignore[union-attr]
        for each in found.allowed
    ]


def test_a_keyless_signature_asks_for_an_identity_of_the_job() -> None:
    found = job("publish", {"publish": {**ECR["publish"], "sign": {}}}, engine="github_actions")

    assert found.identity_tokens == {"SIGSTORE_ID_TOKEN": "sigstore"}


@pytest.mark.parametrize("stages", [BUCKET, ECR])
def test_the_lines_are_clean_bash(stages: dict[str, Any]) -> None:
    assert not linted(job("publish", stages).commands)


CHART = {"registry": "h", "repository": "charts/shop", "name": "shop", "version": "1.4.0", "digest": "sha256:c"}


def test_what_is_found_last_is_taken(machine: Machine) -> None:
    images = [
        {"tags": ["sha-a"], "digest": "sha256:a", "at": "2026-11-01T00:00:00Z"},
        {"tags": ["sha-b", "main"], "digest": "sha256:b", "at": "2026-11-02T00:00:00Z"},
        {"tags": ["cache-amd64"], "digest": "sha256:c", "at": "2026-11-03T00:00:00Z"},
        {"tags": ["sha256-b.sig"], "digest": "sha256:d", "at": "2026-11-04T00:00:00Z"},
    ]
    (machine.root / "found.json").write_text(json.dumps(images))
    machine.program(
        "aws",
        'case "$*" in sts*) echo 1 ;; "ecr describe-images"*) cat "$HOME/found.json" ;; "ecr batch"*) echo "{}" ;; esac',
    )
    done = machine.run(job("image", {"image": {"kind": "find", "image": {"repository": "shop/web", "tags": "sha*"}}}))

    assert done.returncode == 0, done.stderr
    found: Any = machine.read("artifacts/image/image.json")
    assert (found["tag"], found["digest"]) == ("sha-b", "sha256:b")


@pytest.mark.parametrize(
    ("said", "held", "fetched"),
    [
        (None, "missing", True),
        (None, "ok", False),
        (None, "unpacked", False),
        (True, "ok", True),
        (False, "missing", False),
    ],
)
def test_what_a_chart_depends_on_is_fetched(machine: Machine, said: bool | None, held: str, fetched: bool) -> None:
    listed = f"printf 'NAME\\tVERSION\\tREPOSITORY\\tSTATUS\\na\\t1\\thttps://a.example.com\\t{held} \\n'"
    machine.program("helm", f'case "$*" in "dependency list"*) {listed} ;; esac\n{HELM}')
    machine.program("yq", 'case "$*" in .dependencies*) printf "https://b\\nhttps://a\\nhttps://b\\n" ;; esac\n' + YQ)
    chart = {"path": "chart", "bucket": "s3://acme-charts/stable"} | ({} if said is None else {"dependencies": said})
    done = machine.run(job("publish", {"publish": {"chart": chart}}))

    assert done.returncode == 0, done.stdout + done.stderr
    assert [call.split()[-1] for call in machine.called("helm repo add")] == ["https://a", "https://b"] * fetched
    assert bool(machine.called("helm dependency build")) == fetched


@pytest.mark.parametrize(
    ("files", "there", "ran"),
    [
        (None, "tests/a_test.yaml", ["tests/*_test.yaml"]),
        (None, "unittests/deep/a.yaml", []),
        (["unittests/**/*.yaml"], "unittests/deep/a.yaml", ["unittests/**/*.yaml"]),
        (["unittests/**/*.yaml"], "tests/a_test.yaml", None),
    ],
)
def test_unit_tests_are_where_the_chart_has_them(
    machine: Machine, files: list[str] | None, there: str, ran: list[str] | None
) -> None:
    machine.program("helm-unittest", "")
    machine.write(f"chart/{there}", "")
    checks: dict[str, Any] = {"lint": False, "schemas": False, "policies": False}
    checks |= {} if files is None else {"unit_test_files": files}
    done = machine.run(job("check", {"check": {"kind": "check_chart", "checks": checks}}))

    if ran is None:
        assert "chart has no unit tests; got no file unittests/**/*.yaml" in done.stderr
    assert (done.returncode == 0) == (ran is not None), done.stderr
    assert [call.split("--file ")[1].split()[0] for call in machine.called("helm-unittest")] == (ran or [])


def test_files_of_values_with_one_name_in_two_folders_are_both_rendered(machine: Machine) -> None:
    machine.program("helm", 'case "$*" in template*) echo "kind: ${7:-none}" ;; esac')
    checks = {"lint": False, "schemas": False, "policies": False, "unit_tests": False}
    values = ["envs/staging/values.yaml", "envs/live/values.yaml"]
    done = machine.run(job("check", {"check": {"kind": "check_chart", "values": values, "checks": checks}}))

    assert done.returncode == 0, done.stderr
    made = sorted(each.name for each in (machine.checkout / "artifacts/check-manifests").iterdir())
    assert made == ["envs.live.values.yaml", "envs.staging.values.yaml"]
