package csv

import (
	"errors"
	"strings"
	"testing"

	"winwatch/report"
	"winwatch/report/reporttest"
)

func TestSweep(t *testing.T) {
	var b strings.Builder
	if err := Sweep(&b, reporttest.Sweep()); err != nil {
		t.Fatal(err)
	}
	want := "rcvbuf,chunk," +
		"receive_queue_inferred_bytes,receive_queue_kernel_bytes,receive_queue_difference_bytes,receive_queue_ok," +
		"send_queue_inferred_bytes,send_queue_kernel_bytes,send_queue_difference_bytes,send_queue_ok," +
		"probes_inferred_count,probes_kernel_count,probes_difference_count,probes_ok," +
		"receive_buffer_inferred_bytes,receive_buffer_kernel_bytes,receive_buffer_low_bytes,receive_buffer_high_bytes,receive_buffer_ok," +
		"accepted_bytes,half_bytes,withheld,error\n" +
		"4096,10,6184,6184,0,true,1993816,1993816,0,true,5,5,0,true,,8192,4000,9000,true,2000000,1000000,,\n" +
		"4096,1000,6177,6184,-7,false,1993816,1993816,0,true,5,5,0,true,,8192,4000,9000,true,2000000,1000000,,\n" +
		`4096,64000,,,,,,,,,,,,,,,,,,,,,"exit status 1: no, ""really"""` + "\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// TestSweepWithoutProof checks that a sweep in which every run failed is an error.
func TestSweepWithoutProof(t *testing.T) {
	s := &report.Sweep{Settings: []string{"chunk"}, Cells: []report.SweepCell{{Values: []string{"10"}, Err: errors.New("no")}}}
	var b strings.Builder
	if err := Sweep(&b, s); err == nil || b.Len() > 0 {
		t.Errorf("error %v, %q", err, b.String())
	}
}
