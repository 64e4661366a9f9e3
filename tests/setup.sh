#!/usr/bin/env bash
# Installs what some of the tests look for: the packages of tests/browser into target/browser, and, as root on Debian
# and its like, chromium, graphviz, neovim, GNU parallel, jq and strace where they are absent.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v dot >/dev/null || missing+=(graphviz)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v nvim >/dev/null || missing+=(neovim)
for program in parallel jq strace; do
  command -v "$program" >/dev/null || missing+=("$program")
done
command -v npm >/dev/null || missing+=(nodejs npm)
if ((${#missing[@]})); then
  if [[ $(id -u) = 0 ]] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "please install: ${missing[*]}" >&2
    exit 1
  fi
fi

mkdir -p target/browser
if ! cmp -s tests/browser/package-lock.json target/browser/installed.json; then
  cp tests/browser/package.json tests/browser/package-lock.json target/browser/
  (cd target/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  cp tests/browser/package-lock.json target/browser/installed.json
fi
