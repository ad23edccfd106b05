# Waits until the cluster reports the rollout done, and compares the images that pods really run.
# Needs: cluster.sh, ROLLOUT (empty: none), NAMESPACE, WORKLOADS (empty: those of the rollout), WAIT_SECONDS.
if [ -n "$ROLLOUT" ]; then
  NAMESPACE="$(jq -r '.namespace // ""' "$ROLLOUT")"
  if [ "${#WORKLOADS[@]}" = 0 ]; then
    case "$(jq -r .method "$ROLLOUT")" in
      kubectl) mapfile -t WORKLOADS < <(jq -r '.workloads[].workload' "$ROLLOUT") ;;
      helm)
        mapfile -t WORKLOADS < <(helm get manifest "$(jq -r .release "$ROLLOUT")" --namespace "$NAMESPACE" |
          yq -r 'select(.kind == "Deployment" or .kind == "StatefulSet" or .kind == "DaemonSet") |
            (.kind | downcase) + "/" + .metadata.name' | grep -v '^---$') ;;
    esac
  fi
fi
if [ "${#WORKLOADS[@]}" = 0 ] && [ -n "$ROLLOUT" ] && [ "$(jq -r .method "$ROLLOUT")" = pulumi ]; then
  echo "Pulumi has waited for what its stack holds"
elif [ "${#WORKLOADS[@]}" = 0 ]; then
  echo "no workload to verify; got none from the rollout; name them in workloads" >&2
  exit 1
fi
# Why a workload is not done yet; nothing if it is.
unfinished() {
  jq -r '
    (.spec.replicas // 1) as $wanted | .status as $s |
    if ($s.observedGeneration // 0) < .metadata.generation then "its controller has not seen it"
    elif .kind == "DaemonSet" then
      if ($s.updatedNumberScheduled // 0) < $s.desiredNumberScheduled then
        "\($s.updatedNumberScheduled // 0) of \($s.desiredNumberScheduled) pods are new"
      elif ($s.numberAvailable // 0) < $s.desiredNumberScheduled then
        "\($s.numberAvailable // 0) of \($s.desiredNumberScheduled) pods are available"
      else "" end
    elif [($s.conditions // [])[] | select(.reason == "ProgressDeadlineExceeded")] != [] then "progress deadline exceeded"
    elif ($s.updatedReplicas // 0) < $wanted then "\($s.updatedReplicas // 0) of \($wanted) replicas are new"
    elif ($s.replicas // 0) > ($s.updatedReplicas // 0) then "old replicas still run"
    elif ($s.availableReplicas // 0) < $wanted then "\($s.availableReplicas // 0) of \($wanted) replicas are available"
    else "" end'
}
SEEN="$(mktemp)"
IMAGES="[]"
[ -z "$ROLLOUT" ] || IMAGES="$(jq -c '.images // []' "$ROLLOUT")"
DEADLINE=$((SECONDS + WAIT_SECONDS))
for workload in "${WORKLOADS[@]}"; do
  while true; do
    reported="$(kubectl get "$workload" --namespace "$NAMESPACE" --output json)"
    why="$(unfinished <<< "$reported")"
    [ -n "$why" ] || break
    if [ "$SECONDS" -ge "$DEADLINE" ] || [ "$why" = "progress deadline exceeded" ]; then
      echo "$workload is not rolled out; got: $why" >&2
      kubectl get pods --namespace "$NAMESPACE" >&2 || true
      exit 1
    fi
    sleep "${POLL_SECONDS:-5}"
  done
  jq -r --arg workload "$workload" '"\($workload): rolled out, generation \(.metadata.generation)"' <<< "$reported"
  if [ "$IMAGES" != "[]" ]; then
    selector="$(jq -r '.spec.selector as $s | [(($s.matchLabels // {}) | to_entries[] | "\(.key)=\(.value)"),
      (($s.matchExpressions // [])[] | if .operator == "In" then "\(.key) in (\(.values | join(",")))"
        elif .operator == "NotIn" then "\(.key) notin (\(.values | join(",")))"
        elif .operator == "Exists" then .key else "!\(.key)" end)] | join(",")' <<< "$reported")"
    # Of an image for several platforms a node reports the digest of the whole or of its own part.
    kubectl get pods --namespace "$NAMESPACE" --selector "$selector" --output json |
      jq -r --argjson images "$IMAGES" '
        .items[] | select(.metadata.deletionTimestamp == null and .status.phase != "Succeeded" and .status.phase != "Failed") |
        .metadata.name as $pod | (.status.containerStatuses // [])[].imageID as $runs |
        [$images[] | select("\(.registry)/\(.repository)" as $name | $runs | contains("\($name)@"))] | select(. != []) |
        "\(.[0].registry)/\(.[0].repository)" as $name | ($runs | split("@")[1]) as $digest |
        if [.[] | .digest, (.platforms // {})[]] | index($digest) then "  \($pod) runs \($digest) of \($name)"
        else "pod \($pod) runs another image; got \($digest) instead of \(.[0].digest)\n" | halt_error(1) end' | tee -a "$SEEN"
  fi
done
# Not every workload runs one of them; but what was deployed runs somewhere.
jq -r '.[] | "\(.registry)/\(.repository)"' <<< "$IMAGES" | while read -r image; do
  if ! grep -qF " of $image" "$SEEN"; then
    echo "no pod runs an image of $image; got none in ${WORKLOADS[*]}" >&2
    exit 1
  fi
done
