//go:build cgo

package live

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/google/gopacket/pcap"

	"winwatch/capture"
)

// Open starts a capture: it delivers everything that passes the interface from now
// on. The caller reads until io.EOF, which comes after Stop, and then closes the
// Source. Errors wrap ErrPermission, ErrInterfaceDown, *NoInterfaceError or
// *FilterError.
func Open(cfg Config) (*Source, error) {
	if cfg.Snaplen <= 0 {
		cfg.Snaplen = DefaultSnaplen
	}
	if cfg.BufferBytes <= 0 {
		cfg.BufferBytes = DefaultBuffer
	}
	loopback, err := checkInterface(cfg.Interface)
	if err != nil {
		return nil, fmt.Errorf("capture on %s: %w", cfg.Interface, err)
	}
	handle, err := activate(cfg)
	if err != nil {
		return nil, fmt.Errorf("capture on %s: %w", cfg.Interface, err)
	}
	s := &Source{name: cfg.Interface, handle: handle, linkType: fileLinkType(int(handle.LinkType())), loopback: loopback}
	if err = setFilter(handle, cfg.Filter); err == nil {
		if st, err := handle.Stats(); err == nil {
			s.before = *st
		}
	}
	if err == nil && cfg.Interface != Any {
		s.state, err = watchState(cfg.Interface)
	}
	if err == nil && cfg.Save != nil {
		s.save, err = capture.NewWriter(cfg.Save, s.linkType, cfg.Snaplen)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("capture on %s: %w", cfg.Interface, err)
	}
	return s, nil
}

// checkInterface returns clear errors where libpcap's are not, and reports whether
// the interface is a loopback.
func checkInterface(name string) (loopback bool, err error) {
	if name == Any {
		return false, nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return false, fmt.Errorf("list interfaces: %w", err)
	}
	i := slices.IndexFunc(all, func(i net.Interface) bool { return i.Name == name })
	if i < 0 {
		e := &NoInterfaceError{Name: name, Have: []string{Any}}
		for _, have := range all {
			e.Have = append(e.Have, have.Name)
		}
		return false, e
	}
	if all[i].Flags&net.FlagUp == 0 {
		return false, ErrInterfaceDown
	}
	return all[i].Flags&net.FlagLoopback != 0, nil
}

// activate opens the handle with nanosecond time stamps (gopacket requests them
// for handles made this way), not promiscuous, and delivering blocks rather than
// single frames, which loses fewer.
func activate(cfg Config) (*pcap.Handle, error) {
	inactive, err := pcap.NewInactiveHandle(cfg.Interface)
	if err != nil {
		return nil, err
	}
	defer inactive.CleanUp()
	if err := inactive.SetSnapLen(cfg.Snaplen); err != nil {
		return nil, fmt.Errorf("set the snaplen to %d: %w", cfg.Snaplen, err)
	}
	if err := inactive.SetBufferSize(cfg.BufferBytes); err != nil {
		return nil, fmt.Errorf("set the buffer to %d bytes: %w", cfg.BufferBytes, err)
	}
	if err := inactive.SetTimeout(readTimeout); err != nil {
		return nil, fmt.Errorf("set the read time-out: %w", err)
	}
	handle, err := inactive.Activate()
	if err != nil {
		return nil, activateError(err, inactive)
	}
	return handle, nil
}

// activateError recognizes the two errors that users run into, by their text:
// gopacket does not export their type.
func activateError(err error, inactive *pcap.InactiveHandle) error {
	switch detail := inactive.Error(); {
	case err.Error() == "Permission Denied":
		return ErrPermission
	case err.Error() == "Interface Not Up":
		return ErrInterfaceDown
	case detail.Error() != "":
		return detail
	}
	return err
}

// setFilter sets the filter.
//
// On loopback "inbound and …" would drop the outgoing copies and save half the
// ring buffer. But it drops everything: for the first blocks of the ring libpcap
// (1.10) runs the filter itself, where it does not know the direction.
func setFilter(handle *pcap.Handle, expr string) error {
	if strings.TrimSpace(expr) == "" {
		return nil
	}
	if err := handle.SetBPFFilter(expr); err != nil {
		return &FilterError{expr, err}
	}
	return nil
}

// fileLinkType turns a DLT of this system into the LINKTYPE used in capture files.
// They differ for raw IP (12 here, 101 in files). gopacket truncates the number to
// 8 bits, but libpcap selects a larger one only on request.
func fileLinkType(dlt int) capture.LinkType {
	const dltRaw = 12
	if dlt == dltRaw {
		return capture.LinkRaw
	}
	return capture.LinkType(dlt)
}
