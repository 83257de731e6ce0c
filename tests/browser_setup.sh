#!/usr/bin/env bash
# What tests need and pip cannot bring: Debian's Chromium and Firefox, and axe-core from npm; strace, with which the
# tests that nothing leaves see most. Run once (as root, or with sudo for the first part); without them tests skip
# and say so.
set -euo pipefail
wanted=""
command -v chromium >/dev/null || wanted="chromium"
command -v firefox-esr >/dev/null || command -v firefox >/dev/null || wanted="$wanted firefox-esr"
command -v strace >/dev/null || wanted="$wanted strace"
if [ -n "$wanted" ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  # shellcheck disable=SC2086 # one word a package
  $sudo apt-get install -y -qq --no-install-recommends $wanted
fi
cd "$(dirname "$0")/web"
npm install --no-audit --no-fund --ignore-scripts --no-package-lock --silent
