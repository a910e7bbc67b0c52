#!/usr/bin/env bash
# Publishes the four programs to artifacts/bin. Not a single warning is let pass.
# usage: build.sh
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_dotnet
cd "$ROOT"
# The build servers stay for the next call, but must not hold the caller's output open.
dotnet msbuild scripts/publish.proj -restore -target:Publish -maxCpuCount -nologo -verbosity:quiet -warnAsError \
  -property:Configuration=Release "-property:PublishDir=$ROOT/artifacts/bin/" >&2
for program in novanet-scheduler novanet-worker novanet-simulator novanet; do
  [ -x "artifacts/bin/$program" ] || die "artifacts/bin/$program is missing after the build."
done
