# Homeward. `make help` lists the targets; a fresh machine needs only Go and make.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GOLANGCI_LINT_VERSION := v2.15.0
WORKFLOWCHECK_VERSION := v0.6.0
GOVULNCHECK_VERSION   := v1.8.0

FUZZTIME ?= 20s
WALKS    ?= 10000
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

BIN           := $(CURDIR)/bin
DEV           := $(BIN)/homeward-dev
GOLANGCI_LINT := $(BIN)/golangci-lint
WORKFLOWCHECK := $(BIN)/workflowcheck
GOVULNCHECK   := $(BIN)/govulncheck

# What runs in deploy/dev shares the build cache of deploy/dev/build.sh: with other
# flags, Go would compile the whole Temporal server a second time.
IN_DEV = cd deploy/dev && export GOFLAGS="$$(go env GOFLAGS) -trimpath"

# Neither has a goroutine, so that the race detector would find nothing in them.
PURE   := ./casework ./policy
IS_PURE := ^homeward/(casework|policy)$$

# The race detector needs a C compiler and the C library's headers. A compiler without
# the headers would break every build, so then Go does without both.
ifeq ($(shell test "$$(go env CGO_ENABLED)" = 1 && \
	echo '\#include <stdlib.h>' | $$(go env CC) -E -x c - >/dev/null 2>&1 && echo yes),yes)
RACE := -race
else
export CGO_ENABLED := 0
endif

##@ Use it

.PHONY: run
run: build ## Start everything in the foreground: PostgreSQL, Temporal, its UI, worker, API (Ctrl-C stops it)
	@exec $(DEV) run

.PHONY: demo
demo: product ## Play whole cases against the running stack; STORY=guardianship plays one
	@exec $(BIN)/homeward demo $(STORY)

.PHONY: build
build: product dev ## Build bin/homeward and bin/homeward-dev

.PHONY: product
product:
	@echo "Building bin/homeward $(VERSION)"
	@go build -trimpath -buildvcs=false -ldflags '-X main.version=$(VERSION)' -o bin/homeward ./cmd/homeward

.PHONY: dev
dev:
	@deploy/dev/build.sh

##@ Check it

.PHONY: test
test: build ## Run every test on a real PostgreSQL and a real Temporal, on free ports
	@test -n "$(RACE)" || echo "No working C compiler: the tests run without the race detector (apt install gcc libc6-dev)"
	@echo "Compiling the packages under test"
	@go build $(RACE) -v ./... 2>&1 | awk '/^[^ :]+$$/ { if (++n % 50 == 0) print "  " n " packages"; next } { print }'
	@echo "Testing the rules, and walking $(WALKS) random lives of at least 50 steps"
	@HOMEWARD_WALKS=$(WALKS) GOGC=1000 go test -shuffle=on -count=1 -timeout 20m $(PURE)
	@echo "Testing homeward"
	@$(DEV) exec -- go test $(RACE) -shuffle=on -count=1 -timeout 20m $$(go list ./... | grep -vE '$(IS_PURE)')
	@echo "Asking every route as everybody, and playing five years of a family of six"
	@$(DEV) exec -- go test -count=1 -timeout 20m -run 'ReviewedTable|FamilyOfSix' ./api ./workflows
	@echo "Testing homeward/deploy/dev"
	@$(IN_DEV) && go test -shuffle=on -count=1 -timeout 20m ./...

.PHONY: check
check: verify test ## Run what must pass before a change lands: formatting, linters, replay and all tests

.PHONY: verify
verify: lint replay ## Run all of check but the tests

.PHONY: lint
lint: $(GOLANGCI_LINT) $(WORKFLOWCHECK) ## Report formatting, lint, vet and determinism findings
	@echo "Formatting"
	@$(GOLANGCI_LINT) fmt --diff
	@echo "Linting homeward"
	@$(GOLANGCI_LINT) run ./...
	@go vet ./...
	@echo "Looking for non-determinism in workflows"
	@$(WORKFLOWCHECK) ./workflows/...
	@echo "Linting homeward/deploy/dev"
	@$(IN_DEV) && $(GOLANGCI_LINT) run ./... && go vet ./...

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the Go code of both modules
	@$(GOLANGCI_LINT) fmt

.PHONY: replay
replay: ## Replay the recorded histories of every release against the workflows of today
	@echo "Replaying recorded histories"
	@go test -list Replay ./workflows/... | grep '^Test' >/dev/null || { echo "workflows has no replay test"; exit 1; }
	@go test -count=1 -run Replay ./workflows/...

.PHONY: record-histories
record-histories: build ## Record the histories of release RELEASE into workflows/testdata/history
	@test -n "$(RELEASE)" || { echo "say which: make record-histories RELEASE=v0.1.0"; exit 1; }
	@HOMEWARD_RECORD_HISTORIES=$(RELEASE) $(DEV) exec -- go test -count=1 -timeout 20m -v -run RecordHistories ./test/e2e/...

.PHONY: fuzz
fuzz: ## Fuzz every fuzz target for FUZZTIME (20s)
	@{ grep -rl --include='*_test.go' --exclude-dir=deploy '^func Fuzz' . || true; } | xargs -rn1 dirname | sort -u | while read -r dir; do \
		for target in $$(go test -list '^Fuzz' "$$dir" | grep '^Fuzz'); do \
			echo "$$dir $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$dir"; \
		done; \
	done

.PHONY: cover
cover: build ## Measure coverage into coverage.html
	@$(DEV) exec -- go test -count=1 -timeout 20m -coverpkg=./... -coverprofile=coverage.out ./...
	@go tool cover -html=coverage.out -o coverage.html
	@go tool cover -func=coverage.out | tail -1

.PHONY: bench
bench: build ## Compare Homeward with a bare SDK workflow and write docs/benchmarks.md
	@$(DEV) exec -- go run ./bench

.PHONY: vuln
vuln: $(GOVULNCHECK) ## Look for known vulnerabilities (needs vuln.go.dev)
	@$(GOVULNCHECK) ./...

##@ Look after it

.PHONY: generate
generate: ## Write the generated files again (docs/configuration.md)
	@go generate ./...

.PHONY: clean
clean: ## Remove the binaries and coverage files; the stack's data in .homeward stays
	@rm -rf bin coverage.out coverage.html

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Tools. The stamp carries the version, so that a new pin installs anew.

$(GOLANGCI_LINT): $(BIN)/.golangci-lint-$(GOLANGCI_LINT_VERSION)
$(WORKFLOWCHECK): $(BIN)/.workflowcheck-$(WORKFLOWCHECK_VERSION)
$(GOVULNCHECK): $(BIN)/.govulncheck-$(GOVULNCHECK_VERSION)

$(BIN)/.golangci-lint-$(GOLANGCI_LINT_VERSION):
	$(call install,golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION))

$(BIN)/.workflowcheck-$(WORKFLOWCHECK_VERSION):
	$(call install,workflowcheck,go.temporal.io/sdk/contrib/tools/workflowcheck@$(WORKFLOWCHECK_VERSION))

$(BIN)/.govulncheck-$(GOVULNCHECK_VERSION):
	$(call install,govulncheck,golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION))

# install puts program $(1) of package $(2) into bin and leaves the target as its stamp.
define install
	@echo "Installing $(2) (the first time takes some minutes)"
	@GOBIN=$(BIN) go install $(2)
	@rm -f $(BIN)/.$(1)-*
	@touch $@
endef
