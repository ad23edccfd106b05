# The chart to install, as CHART_FILE: a folder of the checkout, or what an artifact names, which must be the same bytes.
# Needs: CHART_PATH or CHART_INPUT, CHART_REGION.
CHART_FILE="$CHART_PATH"
if [ -n "$CHART_INPUT" ]; then
  read -r chart_from chart_name chart_version chart_digest < <(
    jq -er '"\(if .registry then "oci://\(.registry)/\(.repository)" else .repository end) \(.name) \(.version) \(.digest)"' \
      "artifacts/$CHART_INPUT/chart.json")
  CHART_FOLDER="$(mktemp -d)"
  CHART_FILE="$CHART_FOLDER/$chart_name-$chart_version.tgz"
  case "$chart_from" in
    oci://*)
      chart_host="${chart_from#oci://}"
      if [ "${chart_host%%/*}" != public.ecr.aws ]; then
        aws ecr get-login-password --region "$CHART_REGION" |
          helm registry login --username AWS --password-stdin "${chart_host%%/*}"
      fi
      got="$(helm pull "$chart_from" --version "$chart_version" --destination "$CHART_FOLDER" 2>&1 | tee /dev/stderr |
        sed -n 's/^Digest: *//p')" ;;
    *)
      aws s3 cp --only-show-errors "$chart_from/$chart_name-$chart_version.tgz" "$CHART_FILE"
      got="sha256:$(sha256sum "$CHART_FILE" | cut -d ' ' -f 1)" ;;
  esac
  if [ "$got" != "$chart_digest" ]; then
    echo "$chart_name $chart_version is not what was published; got $got instead of $chart_digest" >&2
    exit 1
  fi
fi
