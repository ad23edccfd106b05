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
  if [ -n "$ROLLOUT" ] && [ "$(jq -r '.image != null' "$ROLLOUT")" = true ]; then
    selector="$(jq -r '.spec.selector as $s | [(($s.matchLabels // {}) | to_entries[] | "\(.key)=\(.value)"),
      (($s.matchExpressions // [])[] | if .operator == "In" then "\(.key) in (\(.values | join(",")))"
        elif .operator == "NotIn" then "\(.key) notin (\(.values | join(",")))"
        elif .operator == "Exists" then .key else "!\(.key)" end)] | join(",")' <<< "$reported")"
    # Of an image for several platforms a node reports the digest of the whole or of its own part.
    kubectl get pods --namespace "$NAMESPACE" --selector "$selector" --output json |
      jq -r --slurpfile rollout "$ROLLOUT" --arg workload "$workload" '
        $rollout[0].image as $image | ([$image.digest] + [($image.platforms // {})[]]) as $right |
        [.items[] | select(.metadata.deletionTimestamp == null and .status.phase != "Succeeded" and .status.phase != "Failed") |
          .metadata.name as $pod | (.status.containerStatuses // [])[] |
          select(.imageID | contains("/\($image.repository)@")) | {pod: $pod, digest: (.imageID | split("@")[1])}] as $runs |
        if $runs == [] then "no pod of \($workload) runs an image of \($image.repository)\n" | halt_error(1)
        else $runs[] | if .digest as $d | $right | index($d) then "  \(.pod) runs \(.digest)"
          else "pod \(.pod) runs another image; got \(.digest) instead of \($image.digest)\n" | halt_error(1) end end'
  fi
done
