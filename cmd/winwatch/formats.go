package main

import (
	"io"

	"winwatch/report"
	csvreport "winwatch/report/csv"
	htmlreport "winwatch/report/html"
	jsonreport "winwatch/report/json"
	"winwatch/report/plot"
)

// A format is the content of an output file, named by its file ending.
type format string

// The formats that the commands treat specially.
const (
	formatCSV  format = ".csv"
	formatHTML format = ".html"
	formatPNG  format = ".png"
	formatSVG  format = ".svg"
	formatPCAP format = ".pcap"
)

// formatSpec describes a format of files.
type formatSpec struct {
	format
	// sink creates a writer of the format. It is nil for packets, which are saved while they
	// are captured.
	sink func(io.Writer) report.Sink
	// charts is set if the format shows charts.
	charts bool
	// runOnly is set if only winwatch run has the data for the format.
	runOnly bool
}

// formats lists every format of files, one line each.
var formats = []formatSpec{
	{format: formatCSV, sink: func(w io.Writer) report.Sink { return csvreport.NewWindow(w) }},
	{format: "events.csv", sink: report.Whole(csvreport.Events)},
	{format: "kernel.csv", sink: report.Whole(csvreport.Kernel), runOnly: true},
	{format: ".json", sink: report.Whole(jsonreport.Write)},
	{format: formatHTML, sink: report.Whole(htmlreport.Write), charts: true},
	{format: formatPNG, sink: report.Whole(plot.PNG), charts: true},
	{format: formatSVG, sink: report.Whole(plot.SVG), charts: true},
	{format: formatPCAP, runOnly: true},
}

// analyzeFormats and runFormats are the formats that each command writes with -o.
var analyzeFormats, runFormats = func() (forAnalyze, forRun []format) {
	for _, f := range formats {
		forRun = append(forRun, f.format)
		if !f.runOnly {
			forAnalyze = append(forAnalyze, f.format)
		}
	}
	return forAnalyze, forRun
}()

// spec returns the entry of a format in the table.
func (f format) spec() *formatSpec {
	for i := range formats {
		if formats[i].format == f {
			return &formats[i]
		}
	}
	return &formatSpec{format: f}
}
