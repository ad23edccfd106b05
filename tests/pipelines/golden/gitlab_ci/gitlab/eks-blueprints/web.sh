#!/usr/bin/env bash
# Written by eks-blueprints pipeline render: change the stack file, not this file.
# Settings of the project that .gitlab-ci.yml cannot hold. Run it as a maintainer of the project, now and when it
# changes; it needs glab, signed in, and jq. Approvals and owners of code need GitLab Premium.
set -euo pipefail
PROJECT=acme%2Fweb
FILE="$(dirname "$0")/web.settings.json"

send() { # method, path, part of the settings
  jq "$3" "$FILE" | glab api --method "$1" "$2" --header 'Content-Type: application/json' --input - > /dev/null
}

drop() { # path below the project, which may not be there
  glab api --method DELETE "projects/$PROJECT/$1" > /dev/null 2>&1 || true
}

level() { # a user, or the path of a group
  local id
  id="$(glab api "users?username=$1" | jq -r '.[0].id // empty')"
  if [ -n "$id" ]; then
    jq -n --argjson id "$id" '{user_id: $id}'
    return
  fi
  glab api "groups/$(jq -rn --arg name "$1" '$name | @uri')" | jq '{group_id: .id}'
}

environment() { # name, who can deploy to it...
  local name="$1" levels before
  shift
  if [ "$#" -eq 0 ]; then
    levels='[{"access_level": 30}]'
  else
    levels="$(for each in "$@"; do level "$each"; done | jq -s .)"
  fi
  glab api --method POST "projects/$PROJECT/environments" -f "name=$name" > /dev/null 2>&1 || true
  # One that is protected already is changed in one step, so that it is never open.
  if before="$(glab api "projects/$PROJECT/protected_environments/$name" 2> /dev/null)"; then
    jq --argjson levels "$levels" \
      '{name, deploy_access_levels: ([.deploy_access_levels[] | {id, _destroy: true}] + $levels)}' <<< "$before" |
      glab api --method PUT "projects/$PROJECT/protected_environments/$name" \
        --header 'Content-Type: application/json' --input - > /dev/null
  else
    jq -n --arg name "$name" --argjson levels "$levels" '{name: $name, deploy_access_levels: $levels}' |
      glab api --method POST "projects/$PROJECT/protected_environments" \
        --header 'Content-Type: application/json' --input - > /dev/null
  fi
}

send PUT "projects/$PROJECT" .project
send POST "projects/$PROJECT/approvals" .approvals
drop "protected_branches/main%2A"
send POST "projects/$PROJECT/protected_branches" .guard
drop "protected_branches/main"
send POST "projects/$PROJECT/protected_branches" .branch
drop "protected_branches/main%2A"
environment staging
environment web-approve acme/release
environment production
