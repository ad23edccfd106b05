# Builds an image for the architecture of the machine, and pushes it as sha-<commit>-<architecture>.
# Needs: registry.sh, platforms.sh, NAME, REPOSITORY, ARCH, DOCKERFILE, CONTEXT, CACHE, COMMIT_ARG, OPTIONS.
TAG="sha-$COMMIT-$ARCH"
DIGEST="$(digest_of "$REPOSITORY" "$TAG")"
if [ -n "$DIGEST" ]; then
  echo "$REPOSITORY:$TAG is there already: the same commit gives the same image"
else
  log_in docker login
  if [ "$CACHE" = true ]; then
    layers="type=registry,ref=$REGISTRY/$REPOSITORY:cache-$ARCH"
    # ECR takes a cache as an image manifest alone; a repository with immutable tags keeps the first one.
    OPTIONS+=(--cache-from "$layers" --cache-to "$layers,mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true")
  fi
  [ -z "$COMMIT_ARG" ] || OPTIONS+=(--build-arg "$COMMIT_ARG=$COMMIT")
  docker buildx inspect pipeline > /dev/null 2>&1 || docker buildx create --name pipeline --driver docker-container
  docker buildx build --builder pipeline --platform "linux/$ARCH" --file "$DOCKERFILE" --tag "$REGISTRY/$REPOSITORY:$TAG" \
    --metadata-file image-metadata.json --push "${OPTIONS[@]}" "$CONTEXT"
  DIGEST="$(jq -er '."containerimage.digest"' image-metadata.json)"
fi
mkdir -p "artifacts/$NAME"
jq -n --arg registry "$REGISTRY" --arg repository "$REPOSITORY" --arg tag "$TAG" --arg digest "$DIGEST" \
  --argjson platforms "$(platforms_of "$REPOSITORY" "$DIGEST" "linux/$ARCH")" \
  '{registry: $registry, repository: $repository, tag: $tag, digest: $digest, platforms: $platforms}' \
  > "artifacts/$NAME/image.json"
cat "artifacts/$NAME/image.json"
