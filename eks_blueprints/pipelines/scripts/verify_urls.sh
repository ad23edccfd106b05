# Asks addresses until they answer as they should. Needs: URLS ("status url text"), WAIT_SECONDS.
DEADLINE=$((SECONDS + WAIT_SECONDS))
for line in "${URLS[@]}"; do
  read -r status url text <<< "$line"
  while true; do
    body="$(mktemp)"
    got="$(curl --silent --show-error --location --max-time 10 --output "$body" --write-out '%{http_code}' "$url")" || true
    if [ "$got" = "$status" ] && grep -qF -- "$text" "$body"; then break; fi
    if [ "$SECONDS" -ge "$DEADLINE" ]; then
      echo "$url does not answer as it should; got $got instead of $status${text:+ with \"$text\"}" >&2
      exit 1
    fi
    sleep "${POLL_SECONDS:-5}"
  done
  echo "$url answers $status"
done
