# make run and make test need nothing but Go: they install what is missing.
GO ?= go
export GOFLAGS := -trimpath $(GOFLAGS)

.PHONY: run build test lint fuzz difftest bench man clean

# How long make fuzz runs each target, and the captures that make difftest compares
# with tshark besides the project's own.
FUZZTIME ?= 1m
DIR ?=

# The main job: flood a server that does not read, capture it, prove the report.
# With the right to capture on lo, else in a namespace of its own.
run: build
	./winwatch run

build:
	@.ci/install build
	$(GO) build -ldflags='-s -w' -o winwatch ./cmd/winwatch

test: lint
	CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/winwatch
	$(GO) test -race ./...

lint:
	@.ci/install test
	@unformatted=$$(gofmt -l cmd capture analyze report); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@cgo=$$($(GO) list -deps -f '{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}' ./analyze ./report ./capture); \
	if [ -n "$$cgo" ]; then echo "needs cgo outside of capture/live: $$cgo"; exit 1; fi

# Every fuzz target in turn; go test runs one at a time.
fuzz:
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

# Frame by frame against tshark: make difftest DIR=captures/.
difftest:
	@.ci/install test
	WINWATCH_DIFF_DIR="$(abspath $(DIR))" $(GO) test -count=1 -v -run '^TestTshark$$' ./analyze

# winwatch and its peers in turn on the same captures, as a table with the goals:
# make bench BENCH='-packets 500000 -rounds 3'.
bench:
	$(GO) run ./cmd/bench $(BENCH)

# Man pages from the command definitions, in man/.
man: build
	./winwatch man man

clean:
	rm -rf winwatch man
