# Sourced by scripts/test: real servers, clients and a browser that tests run against, from Debian's packages. Silent and quick when they are there. Where they
# cannot be installed (no root, no apt-get, no network) the tests that need them say SKIPPED, which fails the run under CI=true.

missing=""
[ -x /usr/bin/prosody ] || missing="$missing prosody"
[ -x /usr/sbin/ejabberdctl ] || missing="$missing ejabberd"
[ -x /usr/bin/tmux ] || missing="$missing tmux"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
[ -f /usr/share/activemq/bin/activemq.jar ] || missing="$missing activemq"
command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
/usr/bin/python3 -c 'import importlib.util as u, sys; sys.exit(u.find_spec("slixmpp") is None)' 2>/dev/null || missing="$missing python3-slixmpp"

install_packages() {
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends $missing >"$1" 2>&1
}

if [ -n "$missing" ]; then
  # A service manager would start what is installed, on every address: nothing to do to somebody's machine unasked.
  if [ "$(id -u)" != 0 ] || [ -d /run/systemd/system ] || ! command -v apt-get >/dev/null 2>&1; then
    say "setup: MISSING$missing: tests against real servers and clients are skipped. Install them with: apt-get install$missing"
  else
    say "setup: installing$missing (once)"
    log=$(mktemp)
    # The lists are fetched only when those at hand will not do.
    if ! install_packages "$log"; then
      timeout 300 apt-get update -qq >"$log" 2>&1 && install_packages "$log" ||
        { tail -n 3 "$log" >&2; say "setup: MISSING$missing could not be installed: tests against real servers and clients are skipped."; }
    fi
    rm -f "$log"
  fi
fi
