package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// known maps licences to text that only they contain, white space aside.
var known = []struct{ id, says string }{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"CC0-1.0", "Creative Commons CC0 1.0 Universal"},
	{"CC-BY-4.0", "Creative Commons Attribution 4.0 International Public License"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"},
	{"FTL OR GPL-2.0-or-later", "Use of the Freetype-Go software is subject to your choice"},
	{"BSD-3-Clause OR GPL-2.0-only", "SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
}

// The BSD licences differ in one clause.
const (
	bsd       = "Redistribution and use in source and binary forms, with or without modification, are permitted"
	bsdClause = "may be used to endorse or promote products"
)

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.](mit|apache|bsd|md|txt))*$`)

// readLicence reads the module's licence from the files in its root.
func (m *module) readLicence() error {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	var ids, files []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		found := identify(string(b))
		if len(found) == 0 {
			return fmt.Errorf("%s: unknown licence in %s", m.Path, e.Name())
		}
		ids, files = append(ids, found...), append(files, e.Name())
	}
	if len(ids) == 0 {
		return fmt.Errorf("%s: no licence file in %s", m.Path, m.Dir)
	}
	slices.Sort(ids)
	m.licence, m.file = strings.Join(slices.Compact(ids), " AND "), strings.Join(files, ", ")
	return nil
}

// identify returns the SPDX identifiers of all licences in a text.
func identify(text string) (ids []string) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(s string) bool { return strings.Contains(text, strings.ToLower(s)) }
	for _, l := range known {
		if has(l.says) {
			ids = append(ids, l.id)
		}
	}
	switch {
	case has(bsd) && has(bsdClause):
		ids = append(ids, "BSD-3-Clause")
	case has(bsd):
		ids = append(ids, "BSD-2-Clause")
	}
	return ids
}

// licences writes the page.
func licences(w io.Writer, p *parts) error {
	var b strings.Builder
	b.WriteString("# Licences\n\nGenerated from go.mod by `make licences`; `make test` fails if this page is out of date.\n\n" +
		"## In the binary\n\nThe Go standard library (BSD-3-Clause) and the modules below. A binary built with cgo\nalso links libpcap (BSD-3-Clause) at start-up.\n\n")
	table(&b, append(slices.Clone(p.linked), uPlot))
	b.WriteString("\n## Only for tests and development\n\n")
	table(&b, p.others)
	_, err := io.WriteString(w, b.String())
	return err
}

func table(b *strings.Builder, modules []module) {
	b.WriteString("| module | version | licence | licence file |\n|---|---|---|---|\n")
	for _, m := range modules {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", m.Path, m.Version, m.licence, m.file)
	}
}
