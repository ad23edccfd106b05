# Checks a chart, with each file of values on its own.
# Needs: chart_dependencies.sh, NAME, CHART_PATH, VALUES ("": its own alone), LINT, SCHEMAS, KUBERNETES, SCHEMA_LOCATIONS,
# SKIP_KINDS, UNIT_TESTS, UNIT_TEST_FILES, UNIT_TESTS_REQUIRED, POLICIES, PROFILE, PACKAGE.
mkdir -p "artifacts/$NAME" reports
LOCATIONS=()
for place in "${SCHEMA_LOCATIONS[@]}"; do LOCATIONS+=(-schema-location "$place"); done
[ "$POLICIES" = false ] || python3 -m pip install --quiet --disable-pip-version-check "$PACKAGE"
for file in "${VALUES[@]}"; do
  SETTINGS=()
  case="default"
  if [ -n "$file" ]; then
    SETTINGS=(--values "$file")
    # The whole path: files of the same name stand in folders of environments.
    case="${file%.*}"
    case="${case//\//.}"
  fi
  echo "== $CHART_PATH with values $case"
  [ "$LINT" = false ] || helm lint "$CHART_PATH" --strict --kube-version "$KUBERNETES" "${SETTINGS[@]}"
  helm template check "$CHART_PATH" --kube-version "$KUBERNETES" "${SETTINGS[@]}" > "artifacts/$NAME/$case.yaml"
  if [ "$SCHEMAS" = true ]; then
    kubeconform -strict -summary -kubernetes-version "$KUBERNETES" "${LOCATIONS[@]}" ${SKIP_KINDS:+-skip "$SKIP_KINDS"} \
      -output junit "artifacts/$NAME/$case.yaml" > "reports/chart-schemas-$case.xml" ||
      { cat "reports/chart-schemas-$case.xml" >&2; exit 1; }
  fi
  if [ "$POLICIES" = true ]; then
    # The rules judge what a stack holds: here the objects that the chart renders.
    state="$(mktemp)"
    yq -o json -I 0 'select(. != null)' "artifacts/$NAME/$case.yaml" | jq -s '{version: 3, deployment: {resources: [
      {urn: "urn:pulumi:chart::chart::pulumi:pulumi:Stack::chart-chart", type: "pulumi:pulumi:Stack", custom: false},
      (.[] | select(.kind != null) | (.apiVersion | if contains("/") then . else "core/" + . end) as $api |
        (if .apiVersion | contains("/") then .apiVersion else "core/" + .apiVersion end | sub("\\.k8s\\.io/"; "/")) as $group |
        {urn: "urn:pulumi:chart::chart::kubernetes:\($group):\(.kind)::\(.metadata.namespace // "default")/\(.metadata.name)",
         type: "kubernetes:\($group):\(.kind)", custom: true, id: "\(.metadata.namespace // "default")/\(.metadata.name)",
         inputs: ., outputs: .})]}}' > "$state"
    eks-blueprints check --state "$state" --profile "$PROFILE" --format junit > "reports/chart-policies-$case.xml" || {
      eks-blueprints check --state "$state" --profile "$PROFILE" >&2 || true
      exit 1
    }
  fi
done
if [ "$UNIT_TESTS" = true ]; then
  shopt -s globstar nullglob
  UNIT_TEST_OPTIONS=()
  for pattern in "${UNIT_TEST_FILES[@]}"; do
    # shellcheck disable=SC2206
    found=("$CHART_PATH"/$pattern)
    if [ "${#found[@]}" != 0 ]; then UNIT_TEST_OPTIONS+=(--file "$pattern"); fi
  done
  shopt -u globstar nullglob
  if [ "${#UNIT_TEST_OPTIONS[@]}" != 0 ]; then
    helm-unittest "$CHART_PATH" --strict "${UNIT_TEST_OPTIONS[@]}" --output-type JUnit --output-file reports/chart-unit.xml
  elif [ "$UNIT_TESTS_REQUIRED" = true ]; then
    echo "$CHART_PATH has no unit tests; got no file ${UNIT_TEST_FILES[*]}; see checks.unit_test_files" >&2
    exit 1
  else
    echo "no unit tests: $CHART_PATH has no file ${UNIT_TEST_FILES[*]}"
  fi
fi
