# Joins images of several platforms to one, and gives it its tags.
# Needs: registry.sh, platforms.sh, NAME, REPOSITORY, INPUTS, TAGS (commit, short_commit, branch, timestamp, version, latest).
log_in docker login
SOURCES=()
for input in "${INPUTS[@]}"; do
  SOURCES+=("$REGISTRY/$(jq -er .repository "artifacts/$input/image.json")@$(jq -er .digest "artifacts/$input/image.json")")
done
MUTABILITY="$(aws ecr describe-repositories --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" \
  --repository-names "$REPOSITORY" --query 'repositories[0].imageTagMutability' --output text)"
TAG="sha-$COMMIT"
DIGEST="$(digest_of "$REPOSITORY" "$TAG")"
if [ -z "$DIGEST" ]; then
  docker buildx imagetools create --tag "$REGISTRY/$REPOSITORY:$TAG" "${SOURCES[@]}"
  DIGEST="$(digest_of "$REPOSITORY" "$TAG")"
fi
for kind in "${TAGS[@]}"; do
  moves=""
  case "$kind" in
    commit) continue ;;
    short_commit) tag="${COMMIT:0:7}" ;;
    latest) tag=latest moves=yes ;;
    branch) tag="$(tr -c 'A-Za-z0-9_.\n-' '-' <<< "$BRANCH")" moves=yes ;;
    timestamp)
      tag="$(tr -c 'A-Za-z0-9_.\n-' '-' <<< "$BRANCH")"
      tag="${tag:0:100}-$(date -u +%Y%m%d%H%M%S)-${COMMIT:0:7}" ;;
    version)
      tag="${BRANCH#v}"
      [[ "$tag" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || continue ;;
  esac
  there="$(digest_of "$REPOSITORY" "$tag")"
  [ "$there" != "$DIGEST" ] || continue
  if [ -n "$there" ] && [ -z "$moves" ]; then
    echo "$REPOSITORY:$tag is another image; got $there; a tag of a version or a commit is not moved" >&2
    exit 1
  fi
  if [ -n "$there" ] && [ "$MUTABILITY" = IMMUTABLE ]; then
    echo "$REPOSITORY:$tag stays where it is: tags of the repository are immutable"
    continue
  fi
  docker buildx imagetools create --tag "$REGISTRY/$REPOSITORY:$tag" "$REGISTRY/$REPOSITORY@$DIGEST"
done
mkdir -p "artifacts/$NAME"
jq -n --arg registry "$REGISTRY" --arg repository "$REPOSITORY" --arg tag "$TAG" --arg digest "$DIGEST" \
  --argjson platforms "$(platforms_of "$REPOSITORY" "$DIGEST" "$(jq -r '.platforms | keys[0]' "artifacts/${INPUTS[0]}/image.json")")" \
  '{registry: $registry, repository: $repository, tag: $tag, digest: $digest, platforms: $platforms}' \
  > "artifacts/$NAME/image.json"
cat "artifacts/$NAME/image.json"
