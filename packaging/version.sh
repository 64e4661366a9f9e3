#!/usr/bin/env bash
# Names the sources in RAFT_LINT_SOURCE by what they hold: the key under which a workflow keeps the built
# binary.
set -euo pipefail

cd "${RAFT_LINT_SOURCE:?the directory of the sources}"
hash=$(find Cargo.toml Cargo.lock src rules -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
echo "key=${hash%% *}" >>"${GITHUB_OUTPUT:-/dev/stdout}"
