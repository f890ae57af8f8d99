//go:build cgo

package main

// canCapture says whether this build holds libpcap.
const canCapture = true
