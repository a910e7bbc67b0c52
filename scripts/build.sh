#!/usr/bin/env bash
# Publishes the four programs to artifacts/bin. Not a single warning is let pass.
# usage: build.sh
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_dotnet
cd "$ROOT"
dotnet msbuild scripts/publish.proj -restore -target:Publish -maxCpuCount -nologo -verbosity:quiet -warnAsError \
  -property:Configuration=Release "-property:PublishDir=$ROOT/artifacts/publish/" >&2

# Programs that run from artifacts/bin keep the files that they have open: what changed is put in place by a rename, never written over.
mkdir -p artifacts/bin
(cd artifacts/publish && find . -type f) | while IFS= read -r file; do
  cmp -s "artifacts/publish/$file" "artifacts/bin/$file" && continue
  mkdir -p "$(dirname "artifacts/bin/$file")"
  cp -p "artifacts/publish/$file" "artifacts/bin/$file.new"
  mv -f "artifacts/bin/$file.new" "artifacts/bin/$file"
done

for program in novanet-scheduler novanet-worker novanet-simulator novanet; do
  [ -x "artifacts/bin/$program" ] || die "artifacts/bin/$program is missing after the build."
done
