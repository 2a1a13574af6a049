# What a person or a CI runs. Each target is one script; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench lint format docs build release install clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build and the tests need (Debian, Ubuntu).
	@scripts/setup.sh build test

demo: ## Run the main job on the embedded backend, in ./synapse-demo.
	@scripts/setup.sh build
	@scripts/demo.sh $(ARGS)

test: ## Lint, build, build the documentation, and run the unit, integration and interop tests.
	@scripts/setup.sh build test
	@scripts/test.sh

bench: ## Measure beside the peers and write Benchmarks/RESULTS.md (about 20 minutes).
	@scripts/setup.sh build test
	@scripts/bench.sh $(ARGS)

lint: ## Check the format of the sources.
	@scripts/lint.sh

format: ## Format the sources.
	@scripts/format.sh

docs: ## Build the documentation, into .build/docs.
	@scripts/setup.sh build docs
	@scripts/docs.sh

build: ## Build everything, for debugging.
	@scripts/build.sh debug

release: ## Build the synapse binary, optimised and stripped, with the Swift runtime inside.
	@scripts/build.sh release

install: release ## Install the synapse binary into PREFIX (/usr/local).
	@install -D -m 0755 .build/synapse "$(or $(PREFIX),/usr/local)/bin/synapse"

clean: ## Remove what was built.
	@rm -rf .build
