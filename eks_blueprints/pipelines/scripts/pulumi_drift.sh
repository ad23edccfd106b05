# Compares what is deployed with the program; what differs fails the job. Needs: pulumi_login.sh, NAME, FOLDER, STACK.
mkdir -p "artifacts/$NAME"
pulumi preview --cwd "$FOLDER" --stack "$STACK" --non-interactive --refresh --diff --expect-no-changes |
  tee "artifacts/$NAME/drift.txt"
