# Pushes a packaged chart to ECR. Needs: registry.sh, package_chart.sh, NAME, REPOSITORY.
if [ "${REPOSITORY##*/}" != "$CHART" ]; then
  echo "a chart is pushed to a repository that ends in its name; got $REPOSITORY for $CHART; rename one of them" >&2
  exit 1
fi
DIGEST="$(digest_of "$REPOSITORY" "$VERSION")"
if [ -n "$DIGEST" ]; then
  published="$(manifest_of "$REPOSITORY" "$DIGEST" | jq -r '.annotations."org.opencontainers.image.revision" // ""')"
  if [ "$published" != "$COMMIT" ]; then
    echo "$REPOSITORY:$VERSION is published already; got commit ${published:-unknown}; raise version in Chart.yaml" >&2
    exit 1
  fi
else
  log_in helm registry login
  PREFIX="$REGISTRY"
  [ "$REPOSITORY" = "$CHART" ] || PREFIX="$REGISTRY/${REPOSITORY%/*}"
  helm push "$PACKED/$CHART-$VERSION.tgz" "oci://$PREFIX"
  DIGEST="$(digest_of "$REPOSITORY" "$VERSION")"
fi
mkdir -p "artifacts/$NAME"
jq -n --arg registry "$REGISTRY" --arg repository "$REPOSITORY" --arg name "$CHART" --arg version "$VERSION" --arg digest "$DIGEST" \
  '{registry: $registry, repository: $repository, name: $name, version: $version, digest: $digest}' > "artifacts/$NAME/chart.json"
cat "artifacts/$NAME/chart.json"
