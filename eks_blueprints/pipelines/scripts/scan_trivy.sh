# Scans each image with Trivy, and writes its findings down in one form.
# Needs: registry.sh, NAME, INPUTS.
mkdir -p "artifacts/$NAME/raw"
log_in docker login
for input in "${INPUTS[@]}"; do
  repository="$(jq -er .repository "artifacts/$input/image.json")"
  for platform in $(jq -r '.platforms | keys[]' "artifacts/$input/image.json"); do
    digest="$(jq -er --arg platform "$platform" '.platforms[$platform]' "artifacts/$input/image.json")"
    trivy image --quiet --scanners vuln --platform "$platform" --format json --output trivy.json \
      "$REGISTRY/$repository@$digest"
    jq --arg image "$repository@$digest" --arg platform "$platform" '
      [(.Results // [])[] | (.Vulnerabilities // [])[] | {id: .VulnerabilityID, severity: .Severity,
        title: (.Title // .VulnerabilityID), url: (.PrimaryURL // ""), package: .PkgName,
        fixed: ((.FixedVersion // "") != ""), image: $image, platform: $platform}]' trivy.json \
      > "artifacts/$NAME/raw/${digest#sha256:}.json"
  done
done
