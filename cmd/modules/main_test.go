package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestLicencesAreCurrent checks that docs/licences.md is what make licences writes.
func TestLicencesAreCurrent(t *testing.T) {
	t.Chdir("../..")
	var now bytes.Buffer
	if err := run([]string{"licences"}, &now); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("docs/licences.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, now.Bytes()) {
		t.Error("docs/licences.md is out of date: make licences")
	}
}

// TestBillOfMaterials checks that the bill of materials is JSON, is the same on each
// run, and has each module of the binary with its licence and checksum.
func TestBillOfMaterials(t *testing.T) {
	t.Chdir("../..")
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := run([]string{"sbom"}, b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two runs differ")
	}
	var doc struct{ Components []component }
	if err := json.Unmarshal(first.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	modules := 0
	for _, c := range doc.Components {
		if len(c.Licences) == 0 || c.Purl == "" {
			t.Errorf("%+v", c)
		}
		if strings.Contains(c.Name, "/") { // a Go module
			modules++
			if len(c.Properties) != 1 || len(c.Properties[0].Value) != 64 {
				t.Errorf("%s has no checksum: %+v", c.Name, c.Properties)
			}
		}
	}
	if modules < 5 {
		t.Errorf("%d modules", modules)
	}
}

func TestIdentify(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted,\n free of charge, to any person obtaining a copy":          "MIT",
		"Apache License\n  Version 2.0, January 2004 ... and parts: " + bsd + " ... " + bsdClause: "Apache-2.0 BSD-3-Clause",
		bsd:                    "BSD-2-Clause",
		"All rights reserved.": "",
	} {
		if got := strings.Join(identify(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
