#!/usr/bin/env bash
# Builds raft-lint from RAFT_LINT_SOURCE into RAFT_LINT_ROOT, unless it is there, and puts it on the
# path of the following steps (GITHUB_PATH). cargo is started in the sources: in the checked repository
# it would read that one's configuration, which can name programs to run.
set -euo pipefail

: "${RAFT_LINT_SOURCE:?the directory of the sources}" "${RAFT_LINT_ROOT:?the directory to install into}"

binary="$RAFT_LINT_ROOT/bin/raft-lint"
if [[ ! -x "$binary" && ! -x "$binary.exe" ]]; then
  if ! command -v cargo >/dev/null; then
    echo "raft-lint is built with cargo, which is not here: install Rust first (https://rustup.rs)" >&2
    exit 2
  fi
  cd "$RAFT_LINT_SOURCE"
  cargo install --locked --quiet --no-track --path . --root "$RAFT_LINT_ROOT"
fi
if [[ -n "${GITHUB_PATH:-}" ]]; then
  echo "$RAFT_LINT_ROOT/bin" >>"$GITHUB_PATH"
fi
"$binary" --version
