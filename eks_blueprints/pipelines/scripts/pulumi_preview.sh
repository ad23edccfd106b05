# Previews a stack and saves the plan. Needs: pulumi_login.sh, NAME, FOLDER, STACK.
mkdir -p "artifacts/$NAME"
pulumi preview --cwd "$FOLDER" --stack "$STACK" --non-interactive --diff --save-plan "$PWD/artifacts/$NAME/plan.json" |
  tee "artifacts/$NAME/preview.txt"
sha256sum "artifacts/$NAME/plan.json"
