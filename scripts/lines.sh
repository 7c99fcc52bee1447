#!/usr/bin/env bash
# scripts/lines.sh [COMMIT]: lines of code for files in each host (operations and system calls; where a host decided more, that too), and of the core's commit.
# Neither blank lines nor comments count, nor tests, nor the pass over a document. Without COMMIT: of the working tree.
set -euo pipefail
cd "$(dirname "$0")/.."
commit=${1:-} hosts=0

paths() { if [ -n "$commit" ]; then git ls-tree -r --name-only "$commit"; else git ls-files; fi; }
content() { if [ -n "$commit" ]; then git show "$commit:$1"; else cat "$1"; fi; }
code() { # a block between two """ is a comment of Python
  awk '/^[ \t]*"""/ { if (gsub(/"""/, "&") == 1) block = !block; next } block { next } /^[ \t]*(\/\/|\/\*|\*|#[^\[]|#$)/ { next } NF { lines++ } END { print lines + 0 }'
}

count() { # name, pattern of paths
  local total=0 path
  while read -r path; do total=$((total + $(content "$path" | code))); done < <(paths | grep -E "$2" | grep -vE '_test\.go$|/tests\.rs$')
  printf '%-16s %5d\n' "$1" "$total"
  hosts=$((hosts + total))
}

count Rust '^crates/rustpdf/src/(file/(folder|in_place|journal|output|positioned|recover|temporary)|many/ledger|disk|system/[a-z]+)\.rs$'
count TypeScript '^bindings/node/src/files/(handle_output|in_place|journal|ledger|new_file|paths|piece_writer|recover|write_all|disk)\.ts$'
count Python '^bindings/python/python/rustpdf/(_files/(in_place|journal|new_file|paths|recover|write_all|disk)|_disk)\.py$'
count .NET '^bindings/dotnet/src/RustPdf/Files/(Disk|FileStatus|InPlace|Journal|Names|NewFile|Output|Recovery|Libc|Status)\.cs$'
count Go '^bindings/go/(change_time_[a-z]+|in_place|journal|new_file|paths|platform_[a-z]+|recover|disk|disk_[a-z]+)\.go$'
printf '%-16s %5d\n' 'all hosts' "$hosts"
count 'core, the commit' '^crates/core/src/(commit/.*|sign/journal)\.rs$'
