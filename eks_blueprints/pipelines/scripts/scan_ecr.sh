# Waits for ECR's own findings of each image (basic or enhanced scanning), and writes them down in one form.
# Needs: registry.sh, NAME, INPUTS, WAIT_SECONDS. Without a result the job fails.
findings_of() {
  aws ecr describe-image-scan-findings --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" \
    --repository-name "$1" --image-id "imageDigest=$2" --output json
}
mkdir -p "artifacts/$NAME/raw"
DEADLINE=$((SECONDS + WAIT_SECONDS))
for input in "${INPUTS[@]}"; do
  repository="$(jq -er .repository "artifacts/$input/image.json")"
  for platform in $(jq -r '.platforms | keys[]' "artifacts/$input/image.json"); do
    digest="$(jq -er --arg platform "$platform" '.platforms[$platform]' "artifacts/$input/image.json")"
    started=""
    while true; do
      if said="$(findings_of "$repository" "$digest" 2>&1)"; then
        status="$(jq -r '.imageScanStatus.status // "none"' <<< "$said")"
        done_at="$(jq -r '.imageScanFindings.imageScanCompletedAt // ""' <<< "$said")"
      else
        case "$said" in
          *ScanNotFoundException*) status=none ;;
          *) echo "$said" >&2; exit 1 ;;
        esac
      fi
      case "$status" in
        COMPLETE) break ;;
        ACTIVE) [ -z "$done_at" ] || break ;;
        IN_PROGRESS | PENDING) ;;
        none)
          # Enhanced scanning starts by itself; of a repository with basic scanning not every image is scanned.
          if [ -z "$started" ]; then
            aws ecr start-image-scan --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" \
              --repository-name "$repository" --image-id "imageDigest=$digest" > /dev/null 2>&1 || true
            started=yes
          fi ;;
        *) echo "$repository@$digest cannot be scanned; got $status; see the scanning of the registry" >&2; exit 1 ;;
      esac
      if [ "$SECONDS" -ge "$DEADLINE" ]; then
        echo "$repository@$digest has no result of a scan; got $status after $WAIT_SECONDS seconds; turn on scanning" >&2
        exit 1
      fi
      sleep "${POLL_SECONDS:-10}"
    done
    jq --arg image "$repository@$digest" --arg platform "$platform" '
      [(.imageScanFindings.findings // [])[] | {id: .name, severity, title: (.description // .name), url: (.uri // ""),
        package: ([(.attributes // [])[] | select(.key == "package_name") | .value][0] // ""), fixed: null}]
      + [(.imageScanFindings.enhancedFindings // [])[] | select((.status // "ACTIVE") == "ACTIVE") |
        {id: (.packageVulnerabilityDetails.vulnerabilityId // .findingArn), severity, title: (.title // ""),
        url: (.packageVulnerabilityDetails.sourceUrl // ""),
        package: ([(.packageVulnerabilityDetails.vulnerablePackages // [])[].name] | unique | join(", ")),
        fixed: (if .fixAvailable == null then null else .fixAvailable != "NO" end)}]
      | map(. + {image: $image, platform: $platform})' <<< "$said" > "artifacts/$NAME/raw/${digest#sha256:}.json"
  done
done
