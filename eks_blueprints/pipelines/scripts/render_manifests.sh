# Puts manifests together, with the images in place of their names. Sets RENDERED.
# Needs: rollout.sh, MANIFESTS (files and folders), IMAGE_NAMES (artifact name).
FOUND=()
for path in "${MANIFESTS[@]}"; do
  if [ -f "$path/kustomization.yaml" ] || [ -f "$path/kustomization.yml" ]; then
    echo "$path is a folder of Kustomize; say kustomize instead of manifests" >&2
    exit 1
  elif [ -d "$path" ]; then
    # As kubectl reads a folder: these files, and none further down.
    mapfile -t -O "${#FOUND[@]}" FOUND < <(find "$path" -maxdepth 1 -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) | sort)
  else
    FOUND+=("$path")
  fi
done
if [ "${#FOUND[@]}" = 0 ]; then
  echo "no manifest in ${MANIFESTS[*]}; name files or folders with *.yaml, *.yml or *.json" >&2
  exit 1
fi
RENDERED="$(mktemp)"
for file in "${FOUND[@]}"; do
  echo "---" >> "$RENDERED"
  yq --prettyPrint --output-format yaml . "$file" >> "$RENDERED"
done
# Its name alone, or with a tag or a digest.
NAMED='.. | select(tag == "!!map" and has("image")) | .image |
  select(tag == "!!str" and (sub("@.*$", "") | sub(":[^/]*$", "")) == strenv(FROM))'
for pair in "${IMAGE_NAMES[@]}"; do
  TO="$(image_of "${pair%% *}")"
  FROM="${pair#* }"
  export TO FROM
  if [ "$(yq ea "[$NAMED] | length" "$RENDERED")" = 0 ]; then
    echo "no manifest has the image $FROM; write image: $FROM in one" >&2
    exit 1
  fi
  yq -i "($NAMED) = strenv(TO)" "$RENDERED"
done
