# Finds what was pushed last among the tags of a repository; those of signatures begin with sha256-. Needs: registry.sh, platforms.sh, NAME, REPOSITORY, PATTERN, KIND.
mkdir -p "artifacts/$NAME"
aws ecr describe-images --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" --repository-name "$REPOSITORY" \
  --filter tagStatus=TAGGED --query 'imageDetails[].{tags: imageTags, digest: imageDigest, at: imagePushedAt}' --output json |
  jq -e --arg pattern "^$(sed 's/[.+]/\\&/g; s/\*/.*/g' <<< "$PATTERN")$" '
    [.[] | . as $image | .tags[] | select(test($pattern) and (startswith("sha256-") | not)) | {tag: ., digest: $image.digest, at: $image.at}] |
    max_by(.at) // empty' > found.json || { echo "$REPOSITORY has no tag like $PATTERN" >&2; exit 1; }
DIGEST="$(jq -r .digest found.json)"
if [ "$KIND" = image ]; then
  jq --arg registry "$REGISTRY" --arg repository "$REPOSITORY" \
    --argjson platforms "$(platforms_of "$REPOSITORY" "$DIGEST" unknown)" \
    '{registry: $registry, repository: $repository, tag, digest, platforms: $platforms}' found.json \
    > "artifacts/$NAME/image.json"
else
  jq --arg registry "$REGISTRY" --arg repository "$REPOSITORY" \
    '{registry: $registry, repository: $repository, name: ($repository | split("/")[-1]), version: .tag, digest}' found.json \
    > "artifacts/$NAME/chart.json"
fi
cat "artifacts/$NAME/$KIND.json"
