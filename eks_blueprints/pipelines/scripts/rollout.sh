# What a rollout is noted by: artifacts/<stage>/rollout.json, written before anything changes.
# Needs: NAMESPACE, IMAGE_INPUTS (artifacts that name images).
# The newest revision of a workload such as deployment/web; 0 where there is none yet.
revision_of() {
  if [ -z "$(kubectl get "$1" --namespace "$NAMESPACE" --ignore-not-found --output name)" ]; then
    echo 0
  else
    kubectl rollout history "$1" --namespace "$NAMESPACE" | awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last + 0 }'
  fi
}
# Notes WORKLOADS with their revisions, and the images.
note_workloads() {
  local workload found="[]"
  for workload in "${WORKLOADS[@]}"; do
    found="$(jq -c --arg workload "$workload" --argjson before "$(revision_of "$workload")" \
      '. + [{workload: $workload, before: $before}]' <<< "$found")"
  done
  mkdir -p "artifacts/$NAME"
  jq -n --arg namespace "$NAMESPACE" --argjson workloads "$found" --argjson images "$IMAGES_JSON" \
    '{method: "kubectl", namespace: $namespace, workloads: $workloads, images: $images}' > "artifacts/$NAME/rollout.json"
}
wait_for_workloads() {
  local workload
  for workload in "${WORKLOADS[@]}"; do
    kubectl rollout status "$workload" --namespace "$NAMESPACE" --timeout "$TIMEOUT"
  done
}
# The images that are deployed, as JSON, and the only one of them as pods name it; nothing where a stage deploys none.
IMAGES_JSON="[]"
for input in "${IMAGE_INPUTS[@]}"; do
  IMAGES_JSON="$(jq -ce --slurpfile image "artifacts/$input/image.json" '. + $image' <<< "$IMAGES_JSON")"
done
image_of() {
  jq -er '"\(.registry)/\(.repository)@\(.digest)"' "artifacts/$1/image.json"
}
IMAGE=""
if [ "${#IMAGE_INPUTS[@]}" = 1 ]; then
  IMAGE="$(image_of "${IMAGE_INPUTS[0]}")"
fi
