# What an image is made of. Needs: registry.sh.
# The digests of REPOSITORY@DIGEST by platform, as JSON; an image of one platform alone is that of the third argument.
platforms_of() {
  manifest_of "$1" "$2" | jq -c --arg digest "$2" --arg own "$3" 'if .manifests then
    [.manifests[] | select(.platform.architecture != "unknown") |
      {key: "\(.platform.os)/\(.platform.architecture)", value: .digest}] | from_entries
    else {($own): $digest} end'
}
