# make run and make test need nothing but Go; they install what is missing.
GO ?= go
export GOFLAGS := -trimpath $(GOFLAGS)

.PHONY: run build test lint fuzz difftest bench accuracy man clean

# FUZZTIME is how long make fuzz runs each target. DIR holds captures that make
# difftest compares with tshark in addition to the project's own.
FUZZTIME ?= 1m
DIR ?=

# The main job: flood a server that does not read, capture it, prove the report. Users
# who may not capture on lo get a private network namespace.
run: build
	./winwatch run

build:
	@.ci/install build
	$(GO) build -ldflags='-s -w' -o winwatch ./cmd/winwatch

# The packages in LIVE compare times with the kernel's, so they run last and one at a
# time. Their experiments mostly wait, so some run at once: fewer in a full run, where
# all of them have the race detector to carry. Lint has vetted everything. Long tests
# take a sample; with WINWATCH_FULL=1, as in .ci/run, they run whole, which may take
# longer than the ten minutes that Go allows a package.
LIVE := ./capture/live/... ./capture/experiment/... ./cmd/winwatch
AT_ONCE := $(if $(WINWATCH_FULL),2,4)
test: export GORACE ?= atexit_sleep_ms=0
test: lint
	CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/winwatch
	GOOS=darwin CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/winwatch
	$(GO) test -race -vet=off -timeout 30m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(LIVE))")
	$(GO) test -race -vet=off -timeout 30m -p 1 -parallel $(AT_ONCE) $(LIVE)

lint:
	@.ci/install test
	@unformatted=$$(gofmt -l cmd capture analyze report); \
	if [ -n "$$unformatted" ]; then echo "gofmt -w $$unformatted"; exit 1; fi
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@cgo=$$($(GO) list -deps -f '{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}' ./analyze ./report/... ./capture); \
	if [ -n "$$cgo" ]; then echo "needs cgo outside of capture/live: $$cgo"; exit 1; fi

# Every fuzz target in turn, because go test runs only one at a time. Inputs are barely
# minimized: by default Go spends up to a minute on each, which is all the time there
# is.
fuzz:
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x -parallel 2 $$package || exit 1; \
		done; \
	done

# Compares frame by frame with tshark: make difftest DIR=captures/.
difftest:
	@.ci/install test
	WINWATCH_FULL=1 WINWATCH_DIFF_DIR="$(abspath $(DIR))" $(GO) test -count=1 -v -run '^TestTshark$$' ./analyze

# Times winwatch and its peers in turn on the same captures and prints a table with the
# goals: make bench BENCH='-packets 500000 -rounds 3'.
bench:
	@.ci/install bench
	$(GO) run ./cmd/bench $(BENCH)

# Measures winwatch against captures and experiments whose right answers are known, and
# writes docs/accuracy.md. Fails if an answer is worse than the committed one: make accuracy
# ACCURACY=-live=false leaves out the experiments.
accuracy:
	@.ci/install bench
	$(GO) run ./cmd/accuracy $(ACCURACY)

# Man pages from the command definitions, in man/.
man: build
	./winwatch man man

clean:
	rm -rf winwatch man

# Analyzes files made to do harm, every file below DIR, and damaged copies of the
# captures in the tree. None may cause a crash, a hang, or use of more than 512 MiB:
# make torture DIR=captures/.
torture:
	WINWATCH_FULL=1 WINWATCH_TORTURE_DIR="$(if $(DIR),$(abspath $(DIR)))" WINWATCH_TORTURE_MUTANTS=$(MUTANTS) \
		$(GO) test ./cmd/winwatch -count=1 -v -timeout 0 -run '^TestTorture'

# Measures what traffic made to exhaust winwatch costs, and prints a table.
attack:
	@WINWATCH_ATTACK_PACKETS=$(PACKETS) $(GO) test ./cmd/winwatch -count=1 -v -timeout 0 -run '^TestAttacks$$'

# Writes the licences of all modules to docs/licences.md.
licences:
	$(GO) run ./cmd/modules licences > licences.tmp && mv licences.tmp docs/licences.md

# Writes a bill of materials (CycloneDX) of the binary to winwatch.cdx.json.
sbom:
	$(GO) run ./cmd/modules sbom > winwatch.cdx.json

# Checks that the committed tree, built in two places with two caches, gives the same
# bytes.
reproducible:
	@.ci/install build
	.ci/reproducible

MUTANTS ?= 5000
PACKETS ?= 10000000
.PHONY: torture attack licences sbom reproducible

# Pictures of scenarios: as SVG, unless they have so many points that a PNG is smaller.
SVG := peek window-limited window-below-mss sndbuf-limited app-limited update-lost path-cut scale-stripped half-close deadlock proxy
PNG := overhead cwnd-limited rate-limited lossy

# Regenerates what the documents show: outputs of commands (which run experiments),
# pictures, man pages. Best run on an idle machine.
docs: man
	WINWATCH_UPDATE=docs $(GO) test ./cmd/winwatch -count=1 -run '^TestDocs$$'
	./winwatch analyze -q analyze/testdata/seed-flood.pcap -o docs/pictures/seed-flood.png
	./winwatch analyze -q analyze/testdata/lab/drain/capture.pcap -o docs/pictures/drain.png
	docs/pictures/page.sh slow-reader.html slow-reader 2490 && rm slow-reader.html
	mv law.png docs/pictures/law.png
	for s in $(SVG); do ./winwatch run $$s --isolate -q -o docs/pictures/$$s.svg || exit 1; done
	for s in $(PNG); do ./winwatch run $$s --isolate -q -o docs/pictures/$$s.png || exit 1; done
	docs/pictures/peers.sh analyze/testdata/seed-flood.pcap 127.0.0.1:40846 127.0.0.1:3000 seed-flood
	docs/pictures/peers.sh analyze/testdata/lab/drain/capture.pcap 127.0.0.1:40001 127.0.0.1:5001 drain
.PHONY: docs
