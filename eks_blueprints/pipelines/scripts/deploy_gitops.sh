# Commits the image to the repository that the cluster follows.
# Needs: git_login.sh, rollout.sh's IMAGE, NAME, GIT_REPOSITORY, GIT_BRANCH, GIT_FOLDER,
# IMAGE_BY (digest or tag), PACKAGE.
mkdir -p "artifacts/$NAME"
python3 -m pip install --quiet --disable-pip-version-check "$PACKAGE"
git_log_in "$GIT_REPOSITORY"
MANIFESTS="$(mktemp -d)"
git clone --quiet --branch "$GIT_BRANCH" "$GIT_URL" "$MANIFESTS"
HEAD_BEFORE="$(git -C "$MANIFESTS" rev-parse HEAD)"
jq -n --arg url "$GIT_REPOSITORY" --arg branch "$GIT_BRANCH" --arg before "$HEAD_BEFORE" --argjson images "$IMAGES_JSON" \
  '{method: "gitops", url: $url, branch: $branch, before: $before, commit: null, images: $images}' > "artifacts/$NAME/rollout.json"
export GIT_AUTHOR_NAME="$PIPELINE" GIT_AUTHOR_EMAIL="$PIPELINE@pipeline.invalid"
export GIT_COMMITTER_NAME="$PIPELINE" GIT_COMMITTER_EMAIL="$PIPELINE@pipeline.invalid"
NEW_IMAGE="$IMAGE"
if [ "$IMAGE_BY" = tag ]; then
  NEW_IMAGE="$(jq -er '.[0] | "\(.registry)/\(.repository):\(.tag)"' <<< "$IMAGES_JSON")"
fi
eks-blueprints gitops bump "$NEW_IMAGE" --repo "$MANIFESTS" --branch "$GIT_BRANCH" --path "$GIT_FOLDER" \
  --message "$PIPELINE: ${IMAGE%@*} of commit $COMMIT"
HEAD_AFTER="$(git -C "$MANIFESTS" rev-parse HEAD)"
if [ "$HEAD_AFTER" = "$HEAD_BEFORE" ]; then
  echo "the repository has this image already"
else
  jq --arg commit "$HEAD_AFTER" '.commit = $commit' "artifacts/$NAME/rollout.json" > rollout.new
  mv rollout.new "artifacts/$NAME/rollout.json"
fi
