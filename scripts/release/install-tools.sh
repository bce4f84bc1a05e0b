#!/usr/bin/env bash
# What the prebuilds and the checks of a release need beside Node, on Debian: for CI. Emulators, a C++ library for ARM,
# a bare system to try on.
set -euo pipefail
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update
as_root apt-get install -y --no-install-recommends \
  binutils ca-certificates cmake debootstrap dpkg-dev g++ libhwy-dev libopenblas-dev libstdc++6-arm64-cross make \
  ninja-build pkg-config python3-pip python3-venv qemu-user-static util-linux xz-utils
