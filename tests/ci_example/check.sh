#!/bin/sh
# Runs the manifest, compares it with the committed baseline, and says what that means. Its status is the gate's:
# 0 pass, 1 regression, 3 cannot tell, 4 incomplete.
cupel run manifest.json --store candidate.db || exit
cupel gate --baseline baseline.db --candidate candidate.db --rules gate.json --format md > gate.md
status=$?
cat gate.md
[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat gate.md >> "$GITHUB_STEP_SUMMARY"
case $status in
  0) echo "as good as the baseline" ;;
  1) echo "worse: repair it, or say that it is meant (README.md)" ;;
  3) echo "cannot tell: more examples, or a larger tolerance" ;;
  4) echo "something of the baseline is missing" ;;
esac
exit $status
