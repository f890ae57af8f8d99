package main

import (
	"io"

	"winwatch/report"
	csvreport "winwatch/report/csv"
	htmlreport "winwatch/report/html"
	jsonreport "winwatch/report/json"
	"winwatch/report/plot"
)

// A format is what an output file holds, named by the ending of its name.
type format string

// The formats that the commands treat specially.
const (
	formatCSV  format = ".csv"
	formatHTML format = ".html"
	formatPCAP format = ".pcap"
)

// formatSpec describes a format of files.
type formatSpec struct {
	format
	// runOnly is set if only run has the data for it.
	runOnly bool
	// charts is set if it shows charts.
	charts bool
	// sink writes it. It is nil for packets, which are saved while they are captured.
	sink func(io.Writer) report.Sink
}

// formats lists every format of files, one line each.
var formats = []formatSpec{
	{formatCSV, false, false, func(w io.Writer) report.Sink { return csvreport.NewWindow(w) }},
	{"events.csv", false, false, report.Whole(csvreport.Events)},
	{"kernel.csv", true, false, report.Whole(csvreport.Kernel)},
	{".json", false, false, report.Whole(jsonreport.Write)},
	{formatHTML, false, true, report.Whole(htmlreport.Write)},
	{".png", false, true, report.Whole(plot.PNG)},
	{".svg", false, true, report.Whole(plot.SVG)},
	{formatPCAP, true, false, nil},
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
