#!/bin/sh
# What the demo and the tests play with that pip cannot install. `setup.sh demo` or `setup.sh demo test`; also
# `setup.sh venv`, which make calls when Python came without its venv module.
# As root on Debian it installs what is missing, and says so. Elsewhere it says what is missing. It always ends with 0:
# who really needs a missing thing says so then, in its own words.
set -u

packages() {
    case $1 in
    demo) echo "docker.io:a_container_engine iptables:its_networks busybox-static:the_images_of_the_demo" ;;
    test) echo "prometheus:real_alerts prometheus-alertmanager:real_alerts debootstrap:the_base_of_the_image_under_test" \
        "chromium:a_browser fonts-noto-color-emoji:lights_on_screenshots docker-compose:compose.yaml" \
        "postgresql-15:the_oldest_supported_server openssh-server:an_engine_over_ssh" ;;
    venv) echo "python3-venv:the_virtual_environment" ;;
    *) echo "setup.sh: demo, test or venv, not $1" >&2 ;;
    esac
}

installed() { # also when it came by another way than Debian's package
    case $1 in
    docker.io) command -v dockerd ;;
    iptables | debootstrap | prometheus | prometheus-alertmanager | chromium | docker-compose) command -v "$1" ;;
    *) false ;;
    esac >/dev/null 2>&1 ||
        dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

missing=
for purpose in "$@"; do
    for entry in $(packages "$purpose"); do
        installed "${entry%%:*}" || missing="$missing $entry"
    done
done
[ -n "$missing" ] || exit 0

names=
for entry in $missing; do
    names="$names ${entry%%:*}"
    echo "Missing: ${entry%%:*} ($(echo "${entry#*:}" | tr _ ' '))"
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is not Debian: install what corresponds to$names. Going on without."
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "To install it, as root: apt-get install --no-install-recommends$names. Going on without."
    exit 0
fi

# Installing must not start services: in a container they cannot start, and on somebody's machine nobody asked for a
# second Prometheus. Only Docker's is welcome, where there is a service manager to start it.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 130' INT TERM
    if [ -d /run/systemd/system ]; then
        printf '#!/bin/sh\ncase $1 in docker*|containerd*) exit 0 ;; esac\nexit 101\n' >$policy
    else
        printf '#!/bin/sh\nexit 101\n' >$policy
    fi
    chmod 755 $policy
fi
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then # the programs are wanted, not a server that runs
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi

output=$(mktemp)
apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" \
        </dev/null >"$output" 2>&1
}
echo "Reading Debian's package lists (apt-get update)"
apt update || echo "apt-get update failed; going on with the lists that are here"
for name in $names; do
    echo "Installing $name"
    if ! apt install -y --no-install-recommends "$name"; then
        echo "It failed; going on without. The end of what apt-get said:"
        tail -n 3 "$output" | sed 's/^/    /'
    fi
done
rm -f "$output"
if [ -d /run/systemd/system ]; then
    for name in prometheus prometheus-alertmanager; do
        case " $names " in *" $name "*) systemctl disable --quiet "$name" 2>/dev/null && echo "Left switched off: $name" ;; esac
    done
fi
exit 0
