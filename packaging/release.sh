#!/usr/bin/env bash
# Builds a release into DIR (default: target/dist): the programs, their bill of materials and the hashes of all.
# The same commit, compiler and target give the same bytes in whatever directory, by whomever. `--print` says with
# which settings, and builds nothing.
#
#   packaging/release.sh [--print] [DIR]
set -euo pipefail

print=
if [[ "${1:-}" == --print ]]; then
  print=1
  shift
fi
caller=$PWD
cd "$(dirname "$0")/.."
here=$(pwd -P)
dist=${1:-$here/target/dist}
[[ "$dist" = /* ]] || dist=$caller/$dist
cargo_home=${CARGO_HOME:-$HOME/.cargo}
target=$(rustc -vV | sed -n 's/^host: //p')
# The last commit's time; outside of a repository the caller gives it.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}

# No directory of the machine gets into the programs: not by Rust, and not by the C of dependencies.
rust=("--remap-path-prefix=$here=/raft-lint" "--remap-path-prefix=$cargo_home=/cargo")
c=$(printf '%q ' "-ffile-prefix-map=$here=/raft-lint" "-ffile-prefix-map=$cargo_home=/cargo")

# Nothing of the caller's environment changes what is built. Arguments are separated by a unit separator, so that a
# path with a blank is one.
settings=(
  "SOURCE_DATE_EPOCH=$epoch"
  "CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${rust[*]}")"
  "CC_SHELL_ESCAPED_FLAGS=1"
  "CFLAGS=$c"
  "CARGO_TARGET_DIR=$here/target/release-build"
  "CARGO_INCREMENTAL=0"
  "CARGO_PROFILE_RELEASE_DEBUG=none"
  "CARGO_PROFILE_RELEASE_STRIP=debuginfo"
)
keep=("PATH=$PATH" "HOME=$HOME" "CARGO_HOME=$cargo_home" "LC_ALL=C")
for name in RUSTUP_HOME RUSTUP_TOOLCHAIN CARGO_NET_OFFLINE; do
  [[ -z "${!name:-}" ]] || keep+=("$name=${!name}")
done
build=(cargo build --release --locked --target "$target")

if [[ -n "$print" ]]; then
  printf '%s\n' "${settings[@]//$'\x1f'/ }" "${build[*]}" "$(rustc --version)"
  exit
fi
if ! command -v cargo-cyclonedx >/dev/null; then
  echo "the bill of materials needs cargo-cyclonedx: cargo install --locked cargo-cyclonedx@0.5.9" >&2
  exit 2
fi

env -i "${keep[@]}" "${settings[@]}" "${build[@]}"
mkdir -p "$dist"
cp "target/release-build/$target/release/raft-lint" "target/release-build/$target/release/cargo-raft-lint" "$dist/"

for program in raft-lint cargo-raft-lint; do
  for path in "$here" "$cargo_home"; do
    if grep -qaF -- "$path" "$dist/$program"; then
      echo "$program names a directory of this machine: $path" >&2
      exit 1
    fi
  done
done

# The generator writes beside each Cargo.toml of the workspace; only the published package's is wanted.
bom=raft-lint-release.cdx
env -i "${keep[@]}" "SOURCE_DATE_EPOCH=$epoch" cargo cyclonedx --quiet --format json --spec-version 1.5 \
  --target "$target" --no-build-deps --override-filename "$bom"
# It names the package by its directory.
sed -E 's|path\+file://[^#"]*#||; s|\?download_url=file://[^#"]*||' "$bom.json" >"$dist/raft-lint.cdx.json"
rm "$bom.json"
find tests/harness -name "$bom.json" -delete

cd "$dist"
sha256sum raft-lint cargo-raft-lint raft-lint.cdx.json | tee SHA256SUMS
