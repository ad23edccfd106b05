# Finds what was published last among the versions of a chart. Needs: NAME, BUCKET, PREFIX, CHART, PATTERN.
mkdir -p "artifacts/$NAME"
aws s3 cp --only-show-errors "s3://$BUCKET/${PREFIX}index.yaml" index.yaml
yq -o json "[.entries[\"$CHART\"][]]" index.yaml |
  jq -e --arg pattern "^$(sed 's/[.+]/\\&/g; s/\*/.*/g' <<< "$PATTERN")$" --arg repository "s3://$BUCKET/${PREFIX%/}" '
    [.[] | select(.version | test($pattern))] | max_by(.created) // empty |
    {repository: ($repository | rtrimstr("/")), name, version, digest: "sha256:\(.digest)"}' > "artifacts/$NAME/chart.json" ||
  { echo "s3://$BUCKET/$PREFIX has no version of $CHART like $PATTERN" >&2; exit 1; }
cat "artifacts/$NAME/chart.json"
