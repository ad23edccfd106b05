#!/usr/bin/env bash
# Written by eks-blueprints pipeline render: change the stack file, not this file.
# Settings of acme/web that no workflow can hold. Run it as an administrator of it,
# now and when it changes; it needs gh, signed in, and jq.
set -euo pipefail
REPOSITORY=acme/web

reviewer() { # a user, or organization/team
  case "$1" in
    */*) gh api "orgs/${1%%/*}/teams/${1#*/}" --jq '{type: "Team", id: .id}' ;;
    *) gh api "users/$1" --jq '{type: "User", id: .id}' ;;
  esac
}

environment() { # name, type of ref, pattern, reviewers...
  local name="$1" type="$2" pattern="$3" reviewers
  shift 3
  reviewers="$(for each in "$@"; do reviewer "$each"; done | jq -s .)"
  jq -n --argjson reviewers "$reviewers" '{
    reviewers: $reviewers,
    prevent_self_review: ($reviewers != []),
    can_admins_bypass: false,
    deployment_branch_policy: {protected_branches: false, custom_branch_policies: true}
  }' | gh api --method PUT "repos/$REPOSITORY/environments/$name" --input - > /dev/null
  if ! gh api "repos/$REPOSITORY/environments/$name/deployment-branch-policies" --jq '.branch_policies[].name' |
    grep -qxF -- "$pattern"; then
    gh api --method POST "repos/$REPOSITORY/environments/$name/deployment-branch-policies" \
      -f "name=$pattern" -f "type=$type" > /dev/null
  fi
}

environment staging branch main
environment web-approve branch main acme/release
environment production branch main

NAME='eks-blueprints: web'
FILE="$(dirname "$0")/web.ruleset.json"
ID="$(gh api "repos/$REPOSITORY/rulesets" | jq -r --arg name "$NAME" '.[] | select(.name == $name) | .id')"
if [ -n "$ID" ]; then
  gh api --method PUT "repos/$REPOSITORY/rulesets/$ID" --input "$FILE" > /dev/null
else
  gh api --method POST "repos/$REPOSITORY/rulesets" --input "$FILE" > /dev/null
fi
