#!/usr/bin/env bash
# Builds everything and runs all tests that need no network and no model of more than a few megabytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build Temperament.slnx -c Release -v quiet

status=0
for project in Temperament.Tests Temperament.ModelTests; do
    echo "== $project"
    dotnet "tests/$project/bin/Release/net10.0/$project.dll" --no-ansi --no-progress || status=1
done
exit "$status"
