# Notes a chart of a Helm repository in S3. Needs: s3_chart_index.sh, NAME.
mkdir -p "artifacts/$NAME"
jq -n --arg repository "s3://$BUCKET/${PREFIX%/}" --arg name "$CHART" --arg version "$VERSION" --arg digest "sha256:$SUM" \
  '{repository: ($repository | rtrimstr("/")), name: $name, version: $version, digest: $digest}' > "artifacts/$NAME/chart.json"
cat "artifacts/$NAME/chart.json"
