#!/usr/bin/env bash
# Written by eks-blueprints pipeline render: change the stack file, not this file.
# Settings of acme/web that no workflow can hold. Run it as an administrator of it,
# now and when it changes; it needs gh, signed in, and jq.
set -euo pipefail
REPOSITORY=acme/web

NAME='eks-blueprints: web'
FILE="$(dirname "$0")/web.ruleset.json"
ID="$(gh api "repos/$REPOSITORY/rulesets" | jq -r --arg name "$NAME" '.[] | select(.name == $name) | .id')"
if [ -n "$ID" ]; then
  gh api --method PUT "repos/$REPOSITORY/rulesets/$ID" --input "$FILE" > /dev/null
else
  gh api --method POST "repos/$REPOSITORY/rulesets" --input "$FILE" > /dev/null
fi
