# Signs what an artifact names. Needs: registry.sh, NAME, FILE (image.json or chart.json), KEY (empty: keyless).
log_in cosign login
REFERENCE="$(jq -er '"\(.registry)/\(.repository)@\(.digest)"' "artifacts/$NAME/$FILE")"
if [ -n "$KEY" ]; then
  cosign sign --yes --key "awskms:///$KEY" --use-signing-config=false --tlog-upload="$TRANSPARENCY_LOG" "$REFERENCE"
else
  cosign sign --yes "$REFERENCE"
fi
