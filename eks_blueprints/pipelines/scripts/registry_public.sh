# A registry of ECR Public, whose API is in one region, logins to it, and what it holds. Needs: ALIAS.
REGISTRY="public.ecr.aws/$ALIAS"
log_in() {
  aws ecr-public get-login-password --region us-east-1 | "$@" --username AWS --password-stdin public.ecr.aws
}
# The digest of REPOSITORY:TAG; nothing where there is none.
digest_of() {
  local said status=0
  said="$(aws ecr-public describe-images --region us-east-1 --repository-name "$1" \
    --image-ids "imageTag=$2" --query 'imageDetails[0].imageDigest' --output text 2>&1)" || status=$?
  case "$status:$said" in
    0:*) echo "$said" ;;
    *ImageNotFoundException*) ;;
    *) echo "$said" >&2; return 1 ;;
  esac
}
