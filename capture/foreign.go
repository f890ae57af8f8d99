package capture

import "bytes"

// foreignFormat names a format that Open does not read, and the command that turns
// it into one that it does; or returns "".
func foreignFormat(head []byte) string {
	for _, f := range foreign {
		if len(head) >= f.at && bytes.HasPrefix(head[f.at:], []byte(f.magic)) {
			return f.what
		}
	}
	if c := compressionOf(head); c != nil {
		return c.name + " in a compressed file; decompress it first"
	}
	return ""
}

// guessFormat is foreignFormat for the formats without a magic number.
func guessFormat(head []byte) string {
	for _, f := range foreignGuesses {
		if f.is(head) {
			return f.what
		}
	}
	return ""
}

// convert is the advice for a format that Wireshark's tools read.
const convert = "; convert it with: editcap -F pcapng IN OUT"

// foreign are the formats with a magic number, most as Wireshark's wiretap library
// knows them.
var foreign = []struct {
	at          int
	magic, what string
}{
	{0, "TRSNIFF data    \x1a", "a Sniffer (DOS) trace" + convert},
	{0, "XCP\x00", "a NetXRay or Sniffer (Windows) trace" + convert},
	{0, "VL\x00\x00", "an old NetXRay trace" + convert},
	{0, "TR\x00\x64\x00", "an HP-UX nettl trace" + convert},
	{0, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x07\xd0\x00", "an HP-UX 9 nettl trace" + convert},
	{0, "\x05VNF", "a Visual Networks capture" + convert},
	{0, "\xaa\xaa\xaa\xaa", "an InfoVista 5View capture" + convert},
	{0, "ObserverPktBuffe", "a Network Instruments (Viavi) Observer capture" + convert},
	{0, "\x7fver", "an EtherPeek, AiroPeek or OmniPeek capture" + convert},
	{0, "iptrace 1.0", "an AIX iptrace" + convert},
	{0, "iptrace 2.0", "an AIX iptrace" + convert},
	{0, "\x42\xd2\x00\x34\x12\x66\x22\x88", "a RADCOM capture" + convert},
	{0, "\x00\x00\x02\x00\x12\x05\x00\x10", "a Tektronix K12 capture" + convert},
	{0, "+---------+---------------+----------+", "a Tektronix K12 text file" + convert},
	{0, "btsnoop\x00", "a Bluetooth btsnoop log" + convert},
	{0, "Session Transcript", "a Catapult DCT2000 trace" + convert},
	{0, "EyeSDN", "an EyeSDN trace" + convert},
	{0, "#Format=", "a Daintree sensor network capture" + convert},
	{0, "V0208", "an Aethra trace" + convert},
	{0, "\x1c\x00\x01\xac", "an Ixia hardware capture" + convert},
	{0, "\x1c\x00\x01\xab", "an Ixia software capture" + convert},
	{0, "LOGGp\x00\x00\x00", "a Vector BLF log" + convert},
	{0, "LOGG\x90\x00\x00\x00", "a Vector BLF log" + convert},
	{0, "cpse", "a Colasoft Capsa capture" + convert},
	{0, "__CURSOR=", "a systemd journal; it holds no packets"},
	{0, "__REALTIME_TIMESTAMP=", "a systemd journal; it holds no packets"},
	{0, "ElfFile\x00", "a Windows event log; it holds no packets"},
	{0, "PK\x03\x04", "a zip archive; unpack it first"},
	{0, "7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"},
	{0, "Rar!\x1a\x07", "a RAR archive; unpack it first"},
	{0, "MSCF\x00\x00\x00\x00", "a cabinet archive; unpack it first"},
	{257, "ustar", "a tar archive; unpack it first"},
	{0, "\x1f\x9d", "a file from compress(1); decompress it first"},
	{0, "LZIP\x01", "an lzip file; decompress it first"},
	{0, "\x89LZO\x00\r\n\x1a\n", "an lzop file; decompress it first"},
	{0, "\x5d\x00\x00", "an lzma file; decompress it first"},
}

// foreignGuesses are the formats that are recognized by more than a magic number at
// a fixed place. Text is looked for in the beginning, as saved terminal sessions
// have something else before it.
var foreignGuesses = []struct {
	is   func(head []byte) bool
	what string
}{
	{contains(64, "NetScaler"), "a Citrix NetScaler trace (nstrace)" + convert},
	{isLanalyzer, "a Novell LANalyzer trace" + convert},
	{isPeekClassic, "an old EtherPeek capture" + convert},
	{isCommView, "a TamoSoft CommView capture" + convert},
	{isCommViewX, "a TamoSoft CommView capture" + convert},
	{isPPPD, "a log of pppd (record)" + convert},
	{isETL, "a Windows trace log (ETL); convert it with: etl2pcapng IN OUT"},
	{isIPFIX, "an IPFIX file; it holds flows, not packets"},
	{contains(1024, "ETHERWATCH "), "a DBS Etherwatch trace" + convert},
	{contains(1024, "TCPIPtrace"), "a VMS TCPIPtrace" + convert},
	{contains(1024, "T O S H I B A"), "a Toshiba ISDN router trace" + convert},
	{contains(1024, "(i) len="), "a NetScreen snoop trace" + convert},
	{contains(1024, "(o) len="), "a NetScreen snoop trace" + convert},
	{contains(1024, "l2-tx"), "a CoSine debug trace" + convert},
	{contains(1024, "l2-rx"), "a CoSine debug trace" + convert},
	{contains(1024, "WD_DIALOUT_DISP"), "an Ascend trace" + convert},
	{contains(1024, "PRI-XMIT-"), "an Ascend trace" + convert},
	{contains(1024, "PRI-RCV-"), "an Ascend trace" + convert},
	{contains(1024, "<dump>"), "a Gammu DCT3 trace" + convert},
	{isJSON, "JSON, perhaps of tshark or a browser (HAR): analyze the capture that it was made from"},
}

// contains returns a function that looks for text in the first n bytes.
func contains(n int, text string) func([]byte) bool {
	return func(head []byte) bool { return bytes.Contains(head[:min(n, len(head))], []byte(text)) }
}

// isJSON recognizes an object, or a list of objects.
func isJSON(head []byte) bool {
	head = bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n[")
	return len(head) > 1 && head[0] == '{' && (head[1] == '"' || head[1] == '\n' || head[1] == '\r' || head[1] == ' ')
}

// isLanalyzer recognizes the header record of an ordinary or cyclic trace.
func isLanalyzer(head []byte) bool {
	return len(head) >= 6 && (head[0] == 1 || head[0] == 7) && head[1] == 0x10 && le16(head[2:]) >= 2 && head[4] == 1 && head[5] == 5
}

// isPeekClassic recognizes versions 5 to 7, which have no magic number, by fields
// that must be 0 or 1.
func isPeekClassic(head []byte) bool {
	if len(head) < 50 || head[0] < 5 || head[0] > 7 || head[1] != 0 {
		return false
	}
	media, physical := be32(head[22:]), be32(head[26:])
	return media <= 1 && physical <= 1 && bytes.Equal(head[38:50], make([]byte, 12))
}

// isCommView recognizes the header of the first packet of an NCF file: two
// lengths, a version, and a date.
func isCommView(head []byte) bool {
	return len(head) >= 24 && le16(head) > 0 && le16(head[2:]) == le16(head) && head[4] == 0 && isDate(le16(head[5:]), head[7:])
}

// isCommViewX is isCommView for an NCFX file, with one length.
func isCommViewX(head []byte) bool {
	return len(head) >= 24 && le32(head) >= 20 && le32(head) < MaxCaptured && isDate(le16(head[4:]), head[6:])
}

// isDate reports whether year and the bytes month, day, hour, minute, second are a
// date.
func isDate(year uint16, b []byte) bool {
	return year >= 1970 && year < 2107 && b[0] >= 1 && b[0] <= 12 && b[1] >= 1 && b[1] <= 31 && b[2] < 24 && b[3] < 60 && b[4] < 62
}

// isPPPD recognizes the record of the start time, and of the step or the data after it.
func isPPPD(head []byte) bool {
	return len(head) >= 6 && head[0] == 7 && head[5] >= 1 && head[5] <= 6
}

// isETL recognizes the header of the first buffer (WMI_BUFFER_HEADER): its size, of
// 4 KiB or more, and how much of it is used; and the flags of the event in it.
func isETL(head []byte) bool {
	if len(head) < 0x70 {
		return false
	}
	size, used := le32(head), le32(head[0x30:])
	return size >= 4096 && size <= 16<<20 && size%1024 == 0 && used > 0x48 && used <= size &&
		head[0x4b] == 0xc0
}

// isIPFIX recognizes a message header (RFC 7011 3.1) and the set after it.
func isIPFIX(head []byte) bool {
	return len(head) >= 20 && be16(head) == 10 && be16(head[2:]) >= 20 && (be16(head[16:]) == 2 || be16(head[16:]) == 3)
}
