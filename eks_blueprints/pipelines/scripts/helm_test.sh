# Runs the tests of the release that was deployed. Needs: cluster.sh, ROLLOUT, TIMEOUT.
if [ "$(jq -r .method "$ROLLOUT")" != helm ]; then
  echo "the deployment was no release of Helm: it has no tests; got $(jq -r .method "$ROLLOUT")" >&2
  exit 1
fi
helm test "$(jq -r .release "$ROLLOUT")" --namespace "$(jq -r .namespace "$ROLLOUT")" --timeout "$TIMEOUT" --logs
