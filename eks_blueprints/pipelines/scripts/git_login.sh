# Logs git in to a repository by a token, which is in no URL and no file: git asks this shell for it.
# Needs: GIT_TOKEN (empty: the login that the machine has). Sets GIT_URL.
git_log_in() {
  GIT_URL="$1"
  export GIT_TERMINAL_PROMPT=0
  if [ -n "${GIT_TOKEN:-}" ]; then
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=credential.helper
    # shellcheck disable=SC2016
    export GIT_CONFIG_VALUE_0='!f() { test "$1" = get && echo username=x-access-token && echo "password=$GIT_TOKEN"; }; f'
  fi
}
