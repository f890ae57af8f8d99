package cause

// Party is who made the sender wait.
type Party string

// The parties.
const (
	ReceivingApplication Party = "receiving-application"
	ReceiveBuffer        Party = "receive-buffer"
	ReceivingHost        Party = "receiving-host"
	ReceivingHostOrPath  Party = "receiving-host-or-path"
	SendingApplication   Party = "sending-application"
	SendingHost          Party = "sending-host"
	Path                 Party = "path"
	Middlebox            Party = "middlebox"
	BothHosts            Party = "both-hosts"
	BothApplications     Party = "both-applications"
	Capture              Party = "capture"
	Nobody               Party = "none"
)

// Parties are all parties.
var Parties = [...]Party{
	ReceivingApplication, ReceiveBuffer, ReceivingHost, ReceivingHostOrPath, SendingApplication, SendingHost,
	Path, Middlebox, BothHosts, BothApplications, Capture, Nobody,
}

// partyWords puts the parties into words.
var partyWords = map[Party]string{
	ReceivingApplication: "the receiving application",
	ReceiveBuffer:        "the receive buffer",
	ReceivingHost:        "the receiving host",
	ReceivingHostOrPath:  "the receiving host or the path to it",
	SendingApplication:   "the sending application",
	SendingHost:          "the sending host",
	Path:                 "the path",
	Middlebox:            "a middlebox",
	BothHosts:            "both hosts",
	BothApplications:     "both applications",
	Capture:              "unknown: the capture does not show it",
	Nobody:               "nobody",
}

// Words names the party for people, as all reports do: "the receiving application".
func (p Party) Words() string {
	if words, ok := partyWords[p]; ok {
		return words
	}
	return string(p)
}
