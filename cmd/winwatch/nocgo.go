//go:build !cgo

package main

// canCapture reports whether this build contains libpcap.
const canCapture = false
