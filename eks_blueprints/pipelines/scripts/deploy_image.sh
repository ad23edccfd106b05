# Gives workloads another image, and waits until they run it. Needs: cluster.sh, rollout.sh, WORKLOADS, CONTAINER.
note_workloads
for workload in "${WORKLOADS[@]}"; do
  kubectl set image "$workload" "${CONTAINER:-${workload#*/}}=$IMAGE" --namespace "$NAMESPACE"
done
wait_for_workloads
