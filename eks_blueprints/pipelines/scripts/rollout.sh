# What a rollout is noted by: artifacts/<stage>/rollout.json, written before anything changes.
# Needs: NAMESPACE.
# The newest revision of a workload such as deployment/web; 0 where there is none yet.
revision_of() {
  if [ -z "$(kubectl get "$1" --namespace "$NAMESPACE" --ignore-not-found --output name)" ]; then
    echo 0
  else
    kubectl rollout history "$1" --namespace "$NAMESPACE" | awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last + 0 }'
  fi
}
# Notes WORKLOADS with their revisions, and the image.
note_workloads() {
  local workload found="[]"
  for workload in "${WORKLOADS[@]}"; do
    found="$(jq -c --arg workload "$workload" --argjson before "$(revision_of "$workload")" \
      '. + [{workload: $workload, before: $before}]' <<< "$found")"
  done
  mkdir -p "artifacts/$NAME"
  jq -n --arg namespace "$NAMESPACE" --argjson workloads "$found" --argjson image "$IMAGE_JSON" \
    '{method: "kubectl", namespace: $namespace, workloads: $workloads, image: $image}' > "artifacts/$NAME/rollout.json"
}
wait_for_workloads() {
  local workload
  for workload in "${WORKLOADS[@]}"; do
    kubectl rollout status "$workload" --namespace "$NAMESPACE" --timeout "$TIMEOUT"
  done
}
# The image that is deployed, as JSON; null where a stage deploys none.
IMAGE_JSON=null
IMAGE=""
if [ -n "$IMAGE_INPUT" ]; then
  IMAGE_JSON="$(jq -ce . "artifacts/$IMAGE_INPUT/image.json")"
  IMAGE="$(jq -er '"\(.registry)/\(.repository)@\(.digest)"' <<< "$IMAGE_JSON")"
fi
