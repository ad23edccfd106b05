# Puts back what ran before, as it was noted before the change, waits for it, and reports what really runs.
# Needs: ROLLOUT (rollout.json), TIMEOUT; cluster.sh where the method is kubectl or helm.
if [ ! -f "$ROLLOUT" ]; then
  echo "nothing to roll back: it failed before anything changed"
else
  method="$(jq -r .method "$ROLLOUT")"
  namespace="$(jq -r '.namespace // ""' "$ROLLOUT")"
  case "$method" in
    kubectl)
      jq -r '.workloads[] | "\(.workload) \(.before)"' "$ROLLOUT" | while read -r workload before; do
        now="$(kubectl rollout history "$workload" --namespace "$namespace" |
          awk '$1 ~ /^[0-9]+$/ { last = $1 } END { print last + 0 }')"
        if [ "$before" = 0 ]; then
          echo "$workload is new: there is nothing to go back to"
        elif [ "$before" = "$now" ]; then
          echo "$workload did not change"
        else
          kubectl rollout undo "$workload" --to-revision "$before" --namespace "$namespace" < /dev/null
          kubectl rollout status "$workload" --timeout "$TIMEOUT" --namespace "$namespace" < /dev/null
        fi
        kubectl get "$workload" --namespace "$namespace" --output wide < /dev/null
      done ;;
    helm)
      release="$(jq -r .release "$ROLLOUT")"
      before="$(jq -r .before "$ROLLOUT")"
      # Helm itself has put it back by a revision that says so, or has removed the first one.
      now="$(helm history "$release" --namespace "$namespace" --output json 2> /dev/null |
        jq --argjson before "$before" '[.[] | select(.status == "deployed")] | max_by(.revision) |
          if .description == "Rollback to \($before)" then $before else .revision // 0 end')" || now=0
      if [ "$before" = 0 ] && [ "$now" != 0 ]; then
        helm uninstall "$release" --namespace "$namespace" --wait --timeout "$TIMEOUT"
      elif [ "$before" = "$now" ]; then
        echo "release $release runs revision $now: Helm put it back, or nothing changed"
      else
        helm rollback "$release" "$before" --namespace "$namespace" --wait --timeout "$TIMEOUT"
      fi
      helm history "$release" --namespace "$namespace" --max 5 || true
      kubectl get pods --namespace "$namespace" --selector "app.kubernetes.io/instance=$release" \
        --output custom-columns='POD:.metadata.name,READY:.status.conditions[?(@.type=="Ready")].status,IMAGES:.status.containerStatuses[*].imageID' ;;
    gitops)
      folder="$(mktemp -d)"
      git_log_in "$(jq -r .url "$ROLLOUT")"
      git clone --quiet --branch "$(jq -r .branch "$ROLLOUT")" "$GIT_URL" "$folder"
      commit="$(jq -r '.commit // ""' "$ROLLOUT")"
      if [ -z "$commit" ]; then
        echo "nothing to roll back: no commit was made"
      else
        for attempt in 1 2 3 4 5; do
          git -C "$folder" pull --quiet --rebase
          git -C "$folder" -c user.name="$PIPELINE" -c user.email="$PIPELINE@pipeline.invalid" revert --no-edit "$commit"
          if git -C "$folder" push --quiet; then break; fi
          [ "$attempt" != 5 ] || exit 1
          git -C "$folder" reset --quiet --hard '@{upstream}'
        done
        git -C "$folder" log --oneline --max-count 2
      fi ;;
    *) echo "what $method changed is not rolled back by itself; deploy the commit before again" ;;
  esac
fi
