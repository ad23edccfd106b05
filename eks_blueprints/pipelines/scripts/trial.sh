# Installs a chart beside what runs, runs its tests, and removes it again whatever they say.
# Needs: cluster.sh, rollout.sh, chart_file.sh, helm_values.sh, RELEASE, TRIAL (prefix of a namespace of its own), TIMEOUT.
OWN=""
if [ -n "$TRIAL" ]; then
  OWN=yes
  NAMESPACE="$(tr '[:upper:]' '[:lower:]' <<< "$TRIAL-$RUN" | tr -c 'a-z0-9\n-' '-' | cut -c 1-63 | sed 's/-*$//')"
  kubectl create namespace "$NAMESPACE"
fi
remove_trial() {
  helm uninstall "$RELEASE" --namespace "$NAMESPACE" --wait --timeout "$TIMEOUT" --ignore-not-found || true
  [ -z "$OWN" ] || kubectl delete namespace "$NAMESPACE" --ignore-not-found --timeout "$TIMEOUT" || true
}
trial_failed() {
  echo "the trial failed; its pods and events:" >&2
  kubectl get pods --namespace "$NAMESPACE" >&2 || true
  kubectl get events --namespace "$NAMESPACE" --sort-by .lastTimestamp >&2 || true
  remove_trial
  exit 1
}
helm upgrade --install "$RELEASE" "$CHART_FILE" --namespace "$NAMESPACE" "${SETTINGS[@]}" "$ROLLBACK" --wait \
  --timeout "$TIMEOUT" || trial_failed
helm test "$RELEASE" --namespace "$NAMESPACE" --timeout "$TIMEOUT" --logs || trial_failed
remove_trial
