# Fetches a chart from one Helm repository in S3 for another; it must be the bytes that were published.
# Needs: INPUT; sets CHART, VERSION and PACKED.
CHART="$(jq -er .name "artifacts/$INPUT/chart.json")"
VERSION="$(jq -er .version "artifacts/$INPUT/chart.json")"
PACKED="$(mktemp -d)"
aws s3 cp --only-show-errors "$(jq -er .repository "artifacts/$INPUT/chart.json")/$CHART-$VERSION.tgz" "$PACKED/$CHART-$VERSION.tgz"
got="sha256:$(sha256sum "$PACKED/$CHART-$VERSION.tgz" | cut -d ' ' -f 1)"
if [ "$got" != "$(jq -er .digest "artifacts/$INPUT/chart.json")" ]; then
  echo "$CHART $VERSION is not what was published; got $got" >&2
  exit 1
fi
