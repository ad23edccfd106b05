# The host of a registry of ECR, logins to it, and what it holds.
# Needs: REGISTRY_ID (empty: the account of the job), REGISTRY_REGION, DNS_SUFFIX.
REGISTRY_ID="${REGISTRY_ID:-$(aws sts get-caller-identity --query Account --output text)}"
REGISTRY="$REGISTRY_ID.dkr.ecr.$REGISTRY_REGION.$DNS_SUFFIX"
log_in() {
  aws ecr get-login-password --region "$REGISTRY_REGION" | "$@" --username AWS --password-stdin "$REGISTRY"
}
# The digest of REPOSITORY:TAG; nothing where there is none.
digest_of() {
  local said status=0
  said="$(aws ecr describe-images --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" --repository-name "$1" \
    --image-ids "imageTag=$2" --query 'imageDetails[0].imageDigest' --output text 2>&1)" || status=$?
  case "$status:$said" in
    0:*) echo "$said" ;;
    *ImageNotFoundException*) ;;
    *) echo "$said" >&2; return 1 ;;
  esac
}
# The manifest of REPOSITORY@DIGEST.
manifest_of() {
  aws ecr batch-get-image --region "$REGISTRY_REGION" --registry-id "$REGISTRY_ID" --repository-name "$1" \
    --image-ids "imageDigest=$2" --query 'images[0].imageManifest' --output text --accepted-media-types \
    application/vnd.oci.image.index.v1+json application/vnd.docker.distribution.manifest.list.v2+json \
    application/vnd.oci.image.manifest.v1+json application/vnd.docker.distribution.manifest.v2+json
}
