# Logs Pulumi in to its state and installs the program's packages. Needs: STATE (empty: Pulumi Cloud), FOLDER, STACK.
[ -z "$STATE" ] || pulumi login "$STATE"
if [ -f requirements.lock ]; then
  python3 -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
elif [ -f requirements.txt ]; then
  python3 -m pip install --quiet --disable-pip-version-check -r requirements.txt
fi
if [ -f pyproject.toml ]; then python3 -m pip install --quiet --disable-pip-version-check --no-deps -e .; fi
