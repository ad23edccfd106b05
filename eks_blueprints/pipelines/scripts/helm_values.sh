# The settings of a release: files, and keys that are given parts of the image. Sets SETTINGS.
# Needs: rollout.sh, VALUES, IMAGE_VALUES (key=repository, digest, tag or reference).
SETTINGS=()
for file in "${VALUES[@]}"; do SETTINGS+=(--values "$file"); done
for pair in "${IMAGE_VALUES[@]}"; do
  [ -n "$IMAGE" ] || break
  case "${pair#*=}" in
    repository) value="${IMAGE%@*}" ;;
    digest) value="${IMAGE#*@}" ;;
    reference) value="$IMAGE" ;;
    tag) value="$(jq -er .tag <<< "$IMAGE_JSON")" ;;
  esac
  SETTINGS+=(--set-string "${pair%%=*}=$value")
done
# Helm 4 has another name for it.
case "$(helm version --short)" in
  v3.*) ROLLBACK=--atomic ;;
  *) ROLLBACK=--rollback-on-failure ;;
esac
