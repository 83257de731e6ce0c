#!/usr/bin/env bash
# What the browser tests need and pip cannot bring: Debian's Chromium, and axe-core from npm.
# Run once (as root, or with sudo for the first part); without them these tests skip and say so.
set -euo pipefail
if ! command -v chromium >/dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends chromium
fi
cd "$(dirname "$0")/verify/web"
npm install --no-audit --no-fund --ignore-scripts --no-package-lock --silent
