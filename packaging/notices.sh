#!/usr/bin/env bash
# Writes THIRD-PARTY-NOTICES.md anew from the lock files and the packages they name. A test fails while it is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."
UPDATE_GOLDEN=1 dotnet test tests/Cli.Tests -c Release --filter "FullyQualifiedName~ThirdPartyNoticesTests"
