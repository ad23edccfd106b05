# Adds a packaged chart to a Helm repository in S3. What others publish meanwhile stays: the index is written only if it
# is still the one that was read. Needs: BUCKET, PREFIX, BASE_URL, CHART, VERSION, PACKED.
FILE="$CHART-$VERSION.tgz"
SUM="$(sha256sum "$PACKED/$FILE" | cut -d ' ' -f 1)"
there="$(mktemp)"
if said="$(aws s3api put-object --bucket "$BUCKET" --key "$PREFIX$FILE" --body "$PACKED/$FILE" --if-none-match '*' \
    --metadata "revision=$COMMIT" 2>&1)"; then
  [ ! -f "$PACKED/$FILE.prov" ] || aws s3 cp --only-show-errors "$PACKED/$FILE.prov" "s3://$BUCKET/$PREFIX$FILE.prov"
else
  case "$said" in
    *PreconditionFailed* | *"(412)"*) ;;
    *) echo "$said" >&2; exit 1 ;;
  esac
  published="$(aws s3api get-object --bucket "$BUCKET" --key "$PREFIX$FILE" --query Metadata.revision --output text "$there")"
  if [ "$published" != "$COMMIT" ]; then
    echo "$FILE is published already; got commit $published; raise version in Chart.yaml" >&2
    exit 1
  fi
  mv "$there" "$PACKED/$FILE"
  SUM="$(sha256sum "$PACKED/$FILE" | cut -d ' ' -f 1)"
fi
for attempt in 1 2 3 4 5 6 7 8 9 10 failed; do
  if [ "$attempt" = failed ]; then
    echo "the index of s3://$BUCKET/$PREFIX was changed by others each time; got 10 conflicts; run it again" >&2
    exit 1
  fi
  OLD="$(mktemp -d)/index.yaml"
  if said="$(aws s3api get-object --bucket "$BUCKET" --key "${PREFIX}index.yaml" --query ETag --output text "$OLD" 2>&1)"; then
    CONDITION=(--if-match "$said")
    MERGE=(--merge "$OLD")
  else
    case "$said" in
      *NoSuchKey*) CONDITION=(--if-none-match '*') MERGE=() ;;
      *) echo "$said" >&2; exit 1 ;;
    esac
  fi
  rm -f "$PACKED/index.yaml"
  helm repo index "$PACKED" --url "$BASE_URL" "${MERGE[@]}"
  if said="$(aws s3api put-object --bucket "$BUCKET" --key "${PREFIX}index.yaml" --body "$PACKED/index.yaml" \
      --content-type application/yaml "${CONDITION[@]}" 2>&1)"; then
    break
  fi
  case "$said" in
    *PreconditionFailed* | *ConditionalRequestConflict* | *"(412)"* | *"(409)"*) ;;
    *) echo "$said" >&2; exit 1 ;;
  esac
  sleep "${POLL_SECONDS:-$((RANDOM % 3 + attempt))}"
done
