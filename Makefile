# Everything one does with this tree. Each target sets the machine up first; nothing is assumed but Rust,
# Python 3.11 or later, and make.
.DEFAULT_GOAL := help
.PHONY: help setup tool demo test examples bench docs lint fmt clean

export PATH := $(PATH):$(HOME)/.cargo/bin
# PyO3's crates are built for one Python, named by these variables. maturin sets them for itself; where they
# differed for cargo, each would rebuild the other's crates.
export PYO3_PYTHON := $(CURDIR)/.venv/bin/python
export PYO3_BUILD_EXTENSION_MODULE := 1
export PYO3_ENVIRONMENT_SIGNATURE = $(shell $(PYTHON) -c "$(SIGNATURE)" 2>/dev/null)
SIGNATURE := import sys; print('cpython-%d.%d-64bit' % sys.version_info[:2])

PYTHON := .venv/bin/python
# Not tests/programs and its neighbours: those are the compiler's input, and partly wrong on purpose.
PYTHON_FOLDERS := $(wildcard python tests/python tests/random tests/upstream examples benches)
DEMO_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what is missing and build the Python package
	@scripts/setup.sh

tool: setup ## build the shell tool, .venv/bin/bise
	cargo build --workspace --bins --release --quiet
	ln -sf "$(CURDIR)/target/release/bise" .venv/bin/bise

demo: setup ## run the demonstration (DEMO_ARGS=--quick for a small one)
	$(PYTHON) -m bise.demo $(DEMO_ARGS)

test: tool ## run every test: Rust, compiler files, Python (PYTEST_ARGS=...)
	cargo test --workspace --release --quiet
	$(PYTHON) -m pytest tests/python -q $(PYTEST_ARGS)

examples: setup ## run every example
	@set -e; for example in examples/*.py; do \
		test -e "$$example" || continue; echo "== $$example"; MPLBACKEND=Agg $(PYTHON) "$$example"; \
	done

bench: ## measure against C and NumPy (installs clang-19; BENCH_ARGS=...)
	@scripts/setup.sh --bench
	$(PYTHON) benches/run.py $(BENCH_ARGS)

docs: setup ## build the API documentation; warnings are errors
	RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps --release

lint: setup ## formatting, clippy, ruff, mypy, and the checks of the house itself
	cargo fmt --check
	cargo clippy --workspace --all-targets --release --quiet -- -D warnings
	cargo xtask tidy
	cargo xtask layers
	.venv/bin/ruff format --quiet --check $(PYTHON_FOLDERS)
	.venv/bin/ruff check --quiet $(PYTHON_FOLDERS)
	.venv/bin/mypy --no-error-summary examples python/bise

fmt: setup ## format the Rust and the Python code
	cargo fmt
	.venv/bin/ruff format --quiet $(PYTHON_FOLDERS)

clean: ## remove what was built, .venv included
	cargo clean
	rm -rf .venv python/bise/_core*.so
