# Sourced by the other scripts: puts the pinned Bun on PATH and installs the packages.
# Needs nothing but a POSIX shell and npm; says what it does on stderr and is silent when there is nothing to do.

BUN_VERSION=1.4.5
ROOT=$(CDPATH="" cd -- "$(dirname -- "$0")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

has_version() { [ -x "$1" ] && [ "$("$1" --version 2>/dev/null)" = "$BUN_VERSION" ]; }

find_bun() {
  # npm's install step moves the program into the package "bun"; without install steps it stays in its @oven package.
  for candidate in "$ROOT/.bun/bin/bun" "$(command -v bun 2>/dev/null)" \
    "$ROOT"/.bun/node_modules/bun/bin/bun.exe "$ROOT"/.bun/node_modules/@oven/bun-*/bin/bun; do
    if [ -n "$candidate" ] && has_version "$candidate"; then
      BUN=$candidate
      return 0
    fi
  done
  return 1
}

if ! find_bun; then
  command -v npm >/dev/null 2>&1 || { say "setup: neither Bun $BUN_VERSION nor npm found. Install Node.js (with npm), then run this again."; exit 1; }
  say "setup: installing Bun $BUN_VERSION (once, into .bun/)"
  mkdir -p "$ROOT/.bun"
  npm install --prefix "$ROOT/.bun" --no-save --no-package-lock --no-audit --no-fund --loglevel=error "bun@$BUN_VERSION" >&2 ||
    { say "setup: npm could not install Bun $BUN_VERSION: see above."; exit 1; }
  find_bun || { say "setup: npm installed Bun, but no build of it runs on this machine ($(uname -sm))."; exit 1; }
fi

mkdir -p "$ROOT/.bun/bin"
[ "$BUN" = "$ROOT/.bun/bin/bun" ] || ln -sf "$BUN" "$ROOT/.bun/bin/bun"
PATH="$ROOT/.bun/bin:$PATH"
export PATH ROOT BUN

# Installed packages are current when the lock file has not changed since the last install.
stamp="$ROOT/node_modules/.installed"
if ! cmp -s "$ROOT/bun.lock" "$stamp" 2>/dev/null; then
  say "setup: installing packages"
  (cd "$ROOT" && "$BUN" install --frozen-lockfile --silent >&2) || { say "setup: packages could not be installed: see above."; exit 1; }
  cp "$ROOT/bun.lock" "$stamp"
fi
