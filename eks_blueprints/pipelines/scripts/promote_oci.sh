# Copies an image or a chart to another repository by its digest, with its signatures; nothing is built again.
# Needs: NAME, INPUT, FILE (image.json or chart.json), FROM_REGION, registry.sh or registry_public.sh for the target, REPOSITORY, TAGS.
FROM="$(jq -er '"\(.registry)/\(.repository)@\(.digest)"' "artifacts/$INPUT/$FILE")"
FROM_DIGEST="${FROM#*@}"
MAIN_TAG="$(jq -er '.tag // .version' "artifacts/$INPUT/$FILE")"
if [ "${FROM%%/*}" != public.ecr.aws ]; then
  aws ecr get-login-password --region "$FROM_REGION" | cosign login --username AWS --password-stdin "${FROM%%/*}"
fi
log_in cosign login
for tag in "$MAIN_TAG" "${TAGS[@]}"; do
  there="$(digest_of "$REPOSITORY" "$tag")"
  if [ "$there" = "$FROM_DIGEST" ]; then continue; fi
  if [ -n "$there" ] && [ "$tag" = "$MAIN_TAG" ]; then
    echo "$REPOSITORY:$tag is something else; got $there instead of $FROM_DIGEST; tags of versions are not moved" >&2
    exit 1
  fi
  cosign copy --force "$FROM" "$REGISTRY/$REPOSITORY:$tag"
  there="$(digest_of "$REPOSITORY" "$tag")"
  if [ "$there" != "$FROM_DIGEST" ]; then
    echo "$REPOSITORY:$tag is not what was promoted; got $there instead of $FROM_DIGEST" >&2
    exit 1
  fi
done
mkdir -p "artifacts/$NAME"
jq --arg registry "$REGISTRY" --arg repository "$REPOSITORY" '.registry = $registry | .repository = $repository' \
  "artifacts/$INPUT/$FILE" > "artifacts/$NAME/$FILE"
cat "artifacts/$NAME/$FILE"
