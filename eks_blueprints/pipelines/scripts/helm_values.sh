# The settings of a release: files, and keys that are given parts of the image. Sets SETTINGS.
# Needs: rollout.sh, VALUES, IMAGE_VALUES (artifact key=repository, digest, tag or reference).
SETTINGS=()
for file in "${VALUES[@]}"; do SETTINGS+=(--values "$file"); done
for pair in "${IMAGE_VALUES[@]}"; do
  input="${pair%% *}"
  key="${pair#* }"
  value="$(image_of "$input")"
  case "${key##*=}" in
    repository) value="${value%@*}" ;;
    digest) value="${value#*@}" ;;
    tag) value="$(jq -er .tag "artifacts/$input/image.json")" ;;
  esac
  SETTINGS+=(--set-string "${key%=*}=$value")
done
# Helm 4 has another name for it.
case "$(helm version --short)" in
  v3.*) ROLLBACK=--atomic ;;
  *) ROLLBACK=--rollback-on-failure ;;
esac
