# Applies RENDERED, and waits until its workloads run. Needs: cluster.sh, rollout.sh.
mapfile -t WORKLOADS < <(yq -r 'select(.kind == "Deployment" or .kind == "StatefulSet" or .kind == "DaemonSet") |
  (.kind | downcase) + "/" + .metadata.name' "$RENDERED" | grep -v '^---$')
note_workloads
kubectl apply --filename "$RENDERED" --namespace "$NAMESPACE"
wait_for_workloads
