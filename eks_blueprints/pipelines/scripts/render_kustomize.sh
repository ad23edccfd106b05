# Renders a folder of Kustomize with the images. Sets RENDERED. Needs: rollout.sh, FOLDER, IMAGE_NAMES (artifact name).
for pair in "${IMAGE_NAMES[@]}"; do
  image="$(image_of "${pair%% *}")"
  (cd "$FOLDER" && kustomize edit set image "${pair#* }=$image")
done
RENDERED="$(mktemp)"
kustomize build "$FOLDER" > "$RENDERED"
