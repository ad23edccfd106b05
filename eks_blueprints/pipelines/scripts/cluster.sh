# Makes kubectl and helm work on a cluster, as the role that deploys there.
# Needs: EKS_CLUSTER, EKS_REGION, DEPLOY_ROLE_ARN (empty: the role of the job).
if [ -n "${DEPLOY_ROLE_ARN:-}" ] && [ -z "${DEPLOYS_AS:-}" ]; then
  CREDENTIALS="$(aws sts assume-role --role-arn "$DEPLOY_ROLE_ARN" --role-session-name "$PIPELINE-${COMMIT:0:12}" \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)"
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<< "$CREDENTIALS"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  DEPLOYS_AS="$DEPLOY_ROLE_ARN"
fi
KUBECONFIG="${KUBECONFIG:-$(mktemp)}"
export KUBECONFIG
aws eks update-kubeconfig --name "$EKS_CLUSTER" --region "$EKS_REGION" --kubeconfig "$KUBECONFIG" > /dev/null
