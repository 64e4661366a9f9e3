#!/usr/bin/env bash
# Runs raft-lint for a workflow: annotations on standard output, a report for code scanning in
# RAFT_LINT_SARIF. The exit code is left in GITHUB_OUTPUT, so that the report is uploaded whatever
# was found; without GITHUB_OUTPUT it is this script's own.
#
# RAFT_LINT_PATHS and RAFT_LINT_ARGUMENTS have one item on each line. Nothing of them is read as
# shell code.
set -euo pipefail

arguments=(--format github)
sarif=${RAFT_LINT_SARIF:-}
if [[ -n "$sarif" ]]; then
  rm -f -- "$sarif"
  arguments+=(--format "sarif=$sarif")
fi

option() {
  if [[ -n "$2" ]]; then
    arguments+=("$1=$2")
  fi
}
option --require "${RAFT_LINT_REQUIRE:-}"
option --fail-on "${RAFT_LINT_FAIL_ON:-}"
option --config "${RAFT_LINT_CONFIG:-}"
option --baseline "${RAFT_LINT_BASELINE:-}"
option --diff "${RAFT_LINT_DIFF:-}"

while IFS= read -r argument; do
  if [[ -n "$argument" ]]; then
    arguments+=("$argument")
  fi
done <<<"${RAFT_LINT_ARGUMENTS:-}"

paths=()
while IFS= read -r path; do
  if [[ -n "$path" ]]; then
    paths+=("$path")
  fi
done <<<"${RAFT_LINT_PATHS:-}"

code=0
raft-lint check "${arguments[@]}" -- ${paths[@]+"${paths[@]}"} || code=$?

if [[ -z "${GITHUB_OUTPUT:-}" ]]; then
  exit "$code"
fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
# Without a report nothing is uploaded, and the job ends as the check did.
if [[ -n "$sarif" && -f "$sarif" ]]; then
  printf 'sarif-file=%s\n' "$(printf '%s' "$(realpath -- "$sarif")" | tr -d '\r\n')" >>"$GITHUB_OUTPUT"
fi
