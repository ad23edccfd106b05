# Packages a chart; sets CHART and VERSION, and puts the package into PACKED.
# Needs: chart_dependencies.sh, CHART_PATH, VERSION_FROM (chart, tag or commit), SIGN_OPTIONS.
CHART="$(yq -e .name "$CHART_PATH/Chart.yaml")"
VERSION="$(yq -e .version "$CHART_PATH/Chart.yaml")"
case "$VERSION_FROM" in
  tag) VERSION="${BRANCH#v}" ;;
  commit) VERSION="${VERSION%%-*}-sha.${COMMIT:0:12}" ;;
esac
if ! [[ "$VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  echo "$CHART_PATH needs a semantic version; got $VERSION; write one such as 1.4.0" >&2
  exit 1
fi
export REVISION="$COMMIT"
yq -i '.annotations."org.opencontainers.image.revision" = strenv(REVISION)' "$CHART_PATH/Chart.yaml"
PACKED="$(mktemp -d)"
helm package "$CHART_PATH" --version "$VERSION" --destination "$PACKED" "${SIGN_OPTIONS[@]}"
