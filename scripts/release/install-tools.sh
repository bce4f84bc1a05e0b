#!/usr/bin/env bash
# Installs what the prebuilt addons and the release checks need besides Node, on Debian, for CI: emulators, a C++
# library for ARM, and debootstrap for a bare system.
set -euo pipefail
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
export DEBIAN_FRONTEND=noninteractive
as_root apt-get update
as_root apt-get install -y --no-install-recommends \
  binutils ca-certificates cmake debootstrap dpkg-dev g++ libhwy-dev libopenblas-dev libstdc++6-arm64-cross make \
  ninja-build pkg-config python3-pip python3-venv qemu-user-static util-linux xz-utils
