package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
)

// A component is a component of CycloneDX 1.6.
type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	Purl       string     `json:"purl,omitempty"`
	Licences   []licence  `json:"licenses,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type licence struct {
	Expression string `json:"expression"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sbom writes the bill of materials of the binary. It has no date and no serial
// number, so that the same modules give the same bytes.
func sbom(w io.Writer, p *parts) error {
	doc := struct {
		Format   string `json:"bomFormat"`
		Spec     string `json:"specVersion"`
		Version  int    `json:"version"`
		Metadata struct {
			Component component `json:"component"`
		} `json:"metadata"`
		Components []component `json:"components"`
	}{Format: "CycloneDX", Spec: "1.6", Version: 1}
	doc.Metadata.Component = component{Type: "application", Ref: "winwatch", Name: "winwatch", Licences: []licence{{"MIT"}}}
	doc.Components = append(doc.Components,
		library("std", goVersion(), "pkg:golang/std@"+goVersion(), "BSD-3-Clause"),
		library("uPlot", strings.TrimPrefix(uPlot.Version, "v"), "pkg:npm/uplot@"+strings.TrimPrefix(uPlot.Version, "v"), uPlot.licence),
		library("libpcap", "", "pkg:generic/libpcap", "BSD-3-Clause"))
	for _, m := range p.linked {
		c := library(m.Path, m.Version, "pkg:golang/"+m.Path+"@"+m.Version, m.licence)
		if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:")); err == nil && len(sum) > 0 {
			c.Properties = []property{{"go:h1", hex.EncodeToString(sum)}}
		}
		doc.Components = append(doc.Components, c)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func library(name, version, purl, id string) component {
	return component{Type: "library", Ref: purl, Name: name, Version: version, Purl: purl, Licences: []licence{{id}}}
}
