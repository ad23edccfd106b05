# Judges findings by their severity and by waivers, and writes findings.json and findings.sarif.
# Needs: NAME, SEVERITIES (those that fail), WAIVERS (JSON), ONLY_FIXED (true or false).
jq -s --argjson severities "$SEVERITIES" --argjson waivers "$WAIVERS" --argjson only_fixed "$ONLY_FIXED" \
  --arg today "$(date -u +%F)" '
  ($waivers | map(select(.expires >= $today))) as $good
  | add // [] | map(. as $found | . + {
      waived: ([$good[] | select(.id == $found.id) | .reason][0]),
      counts: ((.severity as $s | $severities | index($s)) != null and ($only_fixed and .fixed == false | not))})
  | map(. + {fails: (.counts and .waived == null)}) | sort_by(.id, .image) | map(del(.counts))' \
  "artifacts/$NAME/raw/"*.json > "artifacts/$NAME/findings.json"
rm -r "artifacts/$NAME/raw"
jq '{version: "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", runs: [{
  tool: {driver: {name: "image scan", rules: (unique_by(.id) | map({id, shortDescription: {text: .title}} +
    (if .url == "" then {} else {helpUri: .url} end)))}},
  results: map({ruleId: .id, level: (if .fails then "error" elif .waived then "note" else "warning" end),
    message: {text: "\(.severity) in \(.package) of \(.image) (\(.platform))"},
    locations: [{physicalLocation: {artifactLocation: {uri: .image}}}]} +
    (if .waived then {suppressions: [{kind: "external", justification: .waived}]} else {} end))}]}' \
  "artifacts/$NAME/findings.json" > "artifacts/$NAME/findings.sarif"
jq -r '.[] | select(.fails or .waived != null) |
  "\(if .fails then "FAILS " else "waived" end) \(.severity) \(.id) \(.package) \(.platform)\(if .waived then ": \(.waived)" else "" end)"' \
  "artifacts/$NAME/findings.json"
jq -r '"\(length) findings, \(map(select(.fails)) | length) too severe, \(map(select(.waived != null)) | length) waived, " +
  "\(map(select(.severity == "UNDEFINED" or .severity == "UNTRIAGED" or .severity == "UNKNOWN")) | length) of unknown severity"' \
  "artifacts/$NAME/findings.json"
jq -r --arg today "$(date -u +%F)" '.[] | select(.expires < $today) | "waiver of \(.id) is over since \(.expires)"' <<< "$WAIVERS"
jq -e 'any(.[]; .fails) | not' "artifacts/$NAME/findings.json" > /dev/null
