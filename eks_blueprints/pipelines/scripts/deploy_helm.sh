# Installs or upgrades a release, waits for it, and runs its tests.
# Needs: cluster.sh, rollout.sh, chart_file.sh, helm_values.sh, RELEASE, CREATE_NAMESPACE, TEST, TIMEOUT.
# The first release has no history: 0 removes it again.
HISTORY="$(helm history "$RELEASE" --namespace "$NAMESPACE" --output json 2> /dev/null || echo '[]')"
BEFORE="$(jq '[.[] | select(.status == "deployed") | .revision] | max // 0' <<< "$HISTORY")"
mkdir -p "artifacts/$NAME"
jq -n --arg namespace "$NAMESPACE" --arg release "$RELEASE" --argjson before "$BEFORE" --argjson images "$IMAGES_JSON" \
  '{method: "helm", namespace: $namespace, release: $release, before: $before, images: $images}' > "artifacts/$NAME/rollout.json"
helm upgrade --install "$RELEASE" "$CHART_FILE" --namespace "$NAMESPACE" "${CREATE_NAMESPACE[@]}" "${SETTINGS[@]}" \
  "$ROLLBACK" --wait --timeout "$TIMEOUT" --description "$PIPELINE run $RUN, commit $COMMIT"
if [ "$TEST" = true ]; then
  helm test "$RELEASE" --namespace "$NAMESPACE" --timeout "$TIMEOUT" --logs
fi
