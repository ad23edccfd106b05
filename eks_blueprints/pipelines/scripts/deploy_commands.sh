# Notes what commands of a user deploy, which can read the image. Needs: cluster.sh, rollout.sh.
mkdir -p "artifacts/$NAME"
jq -n --arg namespace "$NAMESPACE" --argjson images "$IMAGES_JSON" \
  '{method: "commands", namespace: $namespace, images: $images}' > "artifacts/$NAME/rollout.json"
export IMAGE NAMESPACE
