# Asks addresses until they answer as they should.
# Needs: URLS ("status commit|any url text"), WAIT_SECONDS.
DEADLINE=$((SECONDS + WAIT_SECONDS))
for line in "${URLS[@]}"; do
  read -r status version url text <<< "$line"
  sha=""
  [ "$version" = any ] || sha="$COMMIT"
  while true; do
    body="$(mktemp)"
    got="$(curl --silent --show-error --location --max-time 10 --output "$body" --write-out '%{http_code}' "$url")" || true
    if [ "$got" = "$status" ] && grep -qF -- "$text" "$body" && grep -qF -- "$sha" "$body"; then break; fi
    if [ "$SECONDS" -ge "$DEADLINE" ]; then
      echo "$url does not answer as it should; got $got instead of $status${text:+ with \"$text\"}${sha:+ and commit $sha}" >&2
      exit 1
    fi
    sleep "${POLL_SECONDS:-5}"
  done
  echo "$url answers $status"
done
