#!/usr/bin/env bash
# Brings this machine to where Bise builds, runs and is tested: system packages, .venv, the Python package.
#
# usage: scripts/setup.sh [--bench]     --bench also provides clang-19 and its OpenMP, which benchmarks compare with
#
# Looks before it acts: each need is tested for, only what is missing is installed, and when nothing is
# missing it changes nothing. Needs nothing on standard input. PYTHON=... chooses the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PATH="$PATH:$HOME/.cargo/bin"
VENV="$PWD/.venv"
LLVM="19"

say() { printf 'setup: %s\n' "$*"; }
die() {
    printf 'setup: error: %s\n' "$1" >&2
    shift
    printf 'setup:        %s\n' "$@" >&2
    exit 1
}

# --- system packages -----------------------------------------------------------------------------------

# Does the C compiler's search path hold this file? (It answers with the bare name when it does not.)
cc_finds() { [[ "$(cc -print-file-name="$1" 2>/dev/null)" == */* ]]; }

# LLVM's C headers and shared library, where llvm-sys looks for them: the named prefix, else llvm-config in PATH.
have_llvm() {
    local config
    if [[ -n "${LLVM_SYS_191_PREFIX:-}" ]]; then
        config="$LLVM_SYS_191_PREFIX/bin/llvm-config"
    else
        config="$(command -v "llvm-config-$LLVM" || command -v llvm-config)" || return 1
    fi
    [[ "$("$config" --version 2>/dev/null)" == "$LLVM".1.* && -e "$("$config" --includedir)/llvm-c/Core.h" ]] &&
        "$config" --link-shared --libfiles >/dev/null 2>&1
}

# The first Python that is new enough.
find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.{14,13,12,11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys._base_executable)'
            return
        fi
    done
    return 1
}

# Appends to `missing` the Debian package of each need that is not met.
list_missing() {
    # Rust links with cc; llvm-sys compiles a C file and links libstdc++.
    { command -v cc && cc_finds crt1.o && cc_finds libstdc++.so; } >/dev/null || missing+=(g++)
    have_llvm || missing+=("llvm-$LLVM-dev")
    # Debian splits venv's pip off its Python; other Pythons carry it.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || [[ -x "$VENV/bin/pip" ]] ||
        missing+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
    if [[ "$1" == --bench ]]; then
        command -v "clang-$LLVM" >/dev/null || missing+=("clang-$LLVM")
        [[ -e "/usr/lib/llvm-$LLVM/lib/libomp.so" ]] || missing+=("libomp-$LLVM-dev") # its OpenMP
    fi
}

install_missing() {
    local root=() log by_root="apt-get update && apt-get install --no-install-recommends $*"
    command -v apt-get >/dev/null ||
        die "missing: $* (Debian's names)." "There is no apt-get here: install what corresponds to them, then try again."
    if [[ "$(id -u)" != 0 ]]; then
        command -v sudo >/dev/null ||
            die "missing: $*." "As root, run: $by_root"
        root=(sudo)
        [[ -t 0 ]] || root+=(-n) # nobody there to type a password
        "${root[@]}" -v || die "missing: $*; sudo does not let you install them." "As root, run: $by_root"
    fi
    say "installing system packages: $*"
    root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    log="$(mktemp)"
    # A package source that cannot be reached is fatal only if the packages are not to be had either.
    "${root[@]}" update </dev/null >"$log" 2>&1 || true
    if ! "${root[@]}" install -y --no-install-recommends "$@" </dev/null >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "cannot install: $*." "The last lines of apt-get are above, the whole in $log."
    fi
    rm -f "$log"
}

system() {
    local missing=()
    list_missing "$1"
    [[ ${#missing[@]} == 0 ]] && return
    install_missing "${missing[@]}"
    local wanted="${missing[*]}"
    missing=()
    list_missing "$1"
    [[ ${#missing[@]} == 0 ]] ||
        die "installed $wanted, yet this is still not usable: ${missing[*]}." "Look for an older copy earlier in PATH."
}

# --- Python --------------------------------------------------------------------------------------------

environment() {
    local pip=("$VENV/bin/python" -m pip install -q --no-input --disable-pip-version-check)
    if ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
        say "creating .venv with $python"
        rm -rf "$VENV"
        "$python" -m venv "$VENV"
    fi
    # The installed set is remembered word for word; comparing takes no time.
    cat requirements/dev.txt requirements/data.txt | cmp -s - "$VENV/bise-requirements" && return
    say "installing Python packages into .venv: $(pinned requirements/dev.txt requirements/data.txt)"
    { "${pip[@]}" -r requirements/dev.txt && "${pip[@]}" --no-deps -r requirements/data.txt; } </dev/null ||
        die "pip could not install what requirements/dev.txt and requirements/data.txt name." "Its own words are above."
    cat requirements/dev.txt requirements/data.txt >"$VENV/bise-requirements"
}

# The `name==version` of each line, on one.
pinned() { sed -n 's/^\([^# ]*==[^ ]*\).*/\1/p' "$@" | paste -sd ' '; }

# Python files are used in place; only the native module has to be built.
package() {
    local built="$VENV/bise-built"
    if [[ "$(cat "$built" 2>/dev/null)" == "$PWD" ]] && compgen -G 'python/bise/_core*.so' >/dev/null &&
        [[ -z "$(find crates Cargo.toml Cargo.lock pyproject.toml .cargo -newer "$built" -print -quit)" ]]; then
        return
    fi
    say "building the Python package (some minutes the first time)"
    printf '%s\n' "$PWD" >"$built.started" # names the tree, which the installed package points to; what is edited while this runs counts as newer
    PATH="$VENV/bin:$PATH" VIRTUAL_ENV="$VENV" maturin develop --release --quiet </dev/null ||
        die "the Python package does not build." "The compiler's words are above."
    mv "$built.started" "$built"
}

# Debian's own Rust is too old, and rustup may have no toolchain: both answer to the name `cargo`.
rust_wanted="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)"
rust_found="$({ cargo --version && rustc --version; } 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p' || true)"
[[ "$(printf '%s\n' "$rust_wanted" "${rust_found:-0}" | sort -V | head -n 1)" == "$rust_wanted" ]] ||
    die "missing: Rust $rust_wanted or later (found: ${rust_found:-none that runs}, $(command -v rustc || echo no rustc in PATH))." "See https://rustup.rs."
python="$(find_python)" || die "missing: Python 3.11 or later." "Name one with PYTHON=/path/to/python3."
system "${1:-}"
environment
package
