# Watches alarms of CloudWatch: all must stay out of ALARM, and be OK at the end.
# Needs: ALARMS, ALARM_SECONDS, ALARM_REGION.
DEADLINE=$((SECONDS + ALARM_SECONDS))
while true; do
  states="$(aws cloudwatch describe-alarms --region "$ALARM_REGION" --alarm-names "${ALARMS[@]}" \
    --alarm-types MetricAlarm CompositeAlarm --output json |
    jq -c '[(.MetricAlarms // []), (.CompositeAlarms // [])] | add | map({(.AlarmName): .StateValue}) | add // {}')"
  bad="$(jq -r --argjson names "$(jq -nc '$ARGS.positional' --args "${ALARMS[@]}")" '
    . as $states | $names | map(select($states[.] == null or $states[.] == "ALARM") |
      "\(.) is \($states[.] // "not there")") | join(", ")' <<< "$states")"
  if [ -n "$bad" ]; then
    echo "alarms say no: $bad" >&2
    exit 1
  fi
  if [ "$SECONDS" -ge "$DEADLINE" ]; then break; fi
  sleep "${POLL_SECONDS:-30}"
done
if ! jq -e 'all(.[]; . == "OK")' <<< "$states" > /dev/null; then
  echo "alarms are not OK; got $states" >&2
  exit 1
fi
echo "alarms are OK: ${ALARMS[*]}"
