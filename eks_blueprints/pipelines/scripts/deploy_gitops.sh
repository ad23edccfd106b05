# Commits the images to the repository that the cluster follows.
# Needs: git_login.sh, rollout.sh's IMAGES_JSON, NAME, GIT_REPOSITORY, GIT_BRANCH, GIT_FOLDER,
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
# All images in one commit: the cluster gets them together, and one revert takes them back.
mapfile -t NEW_IMAGES < <(jq -r --arg by "$IMAGE_BY" \
  '.[] | "\(.registry)/\(.repository)" + if $by == "tag" then ":\(.tag)" else "@\(.digest)" end' <<< "$IMAGES_JSON")
NAMED="$(jq -r 'map("\(.registry)/\(.repository)") | join(", ")' <<< "$IMAGES_JSON")"
eks-blueprints gitops bump "${NEW_IMAGES[@]}" --repo "$MANIFESTS" --branch "$GIT_BRANCH" --path "$GIT_FOLDER" \
  --message "$PIPELINE: $NAMED of commit $COMMIT"
HEAD_AFTER="$(git -C "$MANIFESTS" rev-parse HEAD)"
if [ "$HEAD_AFTER" = "$HEAD_BEFORE" ]; then
  echo "the repository has these images already"
else
  jq --arg commit "$HEAD_AFTER" '.commit = $commit' "artifacts/$NAME/rollout.json" > rollout.new
  mv rollout.new "artifacts/$NAME/rollout.json"
fi
