# Applies a folder of Kustomize with the image, and waits until its workloads run.
# Needs: cluster.sh, rollout.sh, FOLDER, IMAGE_NAME.
if [ -n "$IMAGE" ] && [ -n "$IMAGE_NAME" ]; then
  (cd "$FOLDER" && kustomize edit set image "$IMAGE_NAME=$IMAGE")
fi
RENDERED="$(mktemp)"
kustomize build "$FOLDER" > "$RENDERED"
mapfile -t WORKLOADS < <(yq -r 'select(.kind == "Deployment" or .kind == "StatefulSet" or .kind == "DaemonSet") |
  (.kind | downcase) + "/" + .metadata.name' "$RENDERED" | grep -v '^---$')
note_workloads
kubectl apply --filename "$RENDERED" --namespace "$NAMESPACE"
wait_for_workloads
