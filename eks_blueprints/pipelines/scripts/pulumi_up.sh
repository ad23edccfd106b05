# Does what a saved plan says, and nothing else. Needs: pulumi_login.sh, NAME, PLAN, FOLDER, STACK.
mkdir -p "artifacts/$NAME"
jq -n --arg stack "$STACK" '{method: "pulumi", stack: $stack, image: null}' > "artifacts/$NAME/rollout.json"
sha256sum "artifacts/$PLAN/plan.json"
pulumi up --cwd "$FOLDER" --stack "$STACK" --yes --non-interactive --plan "$PWD/artifacts/$PLAN/plan.json"
