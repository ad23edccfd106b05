"""Reports of jobs of GitHub Actions: of tests and coverage on the page of the run, of scans as alerts of the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.pipelines._job import Report
from eks_blueprints.pipelines.engines._actions import action, literal
from eks_blueprints.pipelines.engines._script import pattern
from eks_blueprints.pipelines.engines._steps import Step

_OWN_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"


def reported(step: Step, name: str, report: Report, *, each: str) -> Iterator[dict[str, Any]]:
    """The steps that show a report and keep its files; `each` sets the runs of a matrix apart."""
    folder = f".reports/{name}"
    lines = [
        "shopt -s globstar nullglob",
        f"FILES=({' '.join(pattern(path) for path in report.paths)})",
        'if [ "${#FILES[@]}" -eq 0 ]; then exit 0; fi',
        f"mkdir -p {folder}",
        f'cp -- "${{FILES[@]}}" {folder}/',
    ]
    if report.kind == "junit":
        count = 'count() { cat -- "${FILES[@]}" | { grep -oE "<$1[[:space:]/>]" || true; } | wc -l; }'
        row = "| $(count testcase) | $(count failure) | $(count error) | $(count skipped) |"
        table = ["| tests | failures | errors | skipped |", "| ---: | ---: | ---: | ---: |", row]
        lines += [count, *_summary(name, table)]
    elif report.kind == "cobertura":
        rate = 'RATE="$(cat -- "${FILES[@]}" | grep -oE \'line-rate="[0-9.]+"\' | head -n 1 | tr -cd \'0-9.\')" || true'
        lines += [rate, *_summary(name, ["share of lines covered: $RATE"])]
    yield {"name": f"Report {name}", "if": "always()", "run": literal("\n".join(lines) + "\n")}
    if report.kind == "sarif":
        there = f"hashFiles('{folder}/*') != ''"
        own = f"(github.event_name != 'pull_request' || {_OWN_REPOSITORY})"
        yield {
            "if": f"always() && {there} && {own}",
            "uses": action("github/codeql-action/upload-sarif"),
            "with": {"sarif_file": folder, "category": f"{name}{each}"},
        }
    yield {
        "if": "always()",
        "uses": action("actions/upload-artifact"),
        "with": {
            "name": f"{step.name}-report-{name}{each}",
            "path": folder,
            "if-no-files-found": "ignore",
            "include-hidden-files": True,
        },
    }


def _summary(name: str, lines: list[str]) -> list[str]:
    return ["{", *(f'  echo "{line}"' for line in (f"### {name}", "", *lines)), '} >> "$GITHUB_STEP_SUMMARY"']
