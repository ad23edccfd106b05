# Fetches the charts that a chart in a folder depends on. `helm dependency build` reads Chart.lock, and wants to know each
# repository that is named there, which a machine of a build does not.
# Needs: CHART_PATH, DEPENDENCIES (true, false, or missing: those that its folder charts does not hold).
if [ "$DEPENDENCIES" = true ] || { [ "$DEPENDENCIES" = missing ] &&
  helm dependency list "$CHART_PATH" | grep -E '[[:space:]](missing|wrong version|too many matches)[[:space:]]*$'; }; then
  yq '.dependencies[].repository | select(. == "http*")' "$CHART_PATH/Chart.yaml" | sort -u |
    while read -r url; do
      helm repo add "dependency-$(sha256sum <<< "$url" | cut -c 1-12)" "$url" < /dev/null
    done
  helm dependency build "$CHART_PATH"
fi
