package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"

	"winwatch/analyze"
	"winwatch/capture"
	"winwatch/report"
	reportjson "winwatch/report/json"
)

// An answer is what winwatch says of a capture: the part of its JSON that labels
// speak of.
type answer struct {
	Streams []streamAnswer `json:"streams"`
	// Proof is only there for experiments.
	Proof *struct {
		Stream    int64       `json:"stream"`
		Direction string      `json:"direction"`
		Cause     *proofCause `json:"cause"`
		Rows      []proofRow  `json:"rows"`
	} `json:"proof"`
}

type streamAnswer struct {
	Stream     int64             `json:"stream"`
	Client     endpoint          `json:"client"`
	Server     endpoint          `json:"server"`
	RTT        *int64            `json:"rtt_ns"`
	Verdict    verdictAnswer     `json:"verdict"`
	Causes     []verdictAnswer   `json:"causes"`
	Directions []directionAnswer `json:"directions"`
}

type verdictAnswer struct {
	Direction  string `json:"direction"`
	Severity   string `json:"severity"`
	Code       string `json:"code"`
	Party      string `json:"party"`
	Confidence string `json:"confidence"`
	Wait       int64  `json:"wait_ns"`
	Sentence   string `json:"sentence"`
}

type directionAnswer struct {
	Direction           string   `json:"direction"`
	Sender              endpoint `json:"sender"`
	Receiver            endpoint `json:"receiver"`
	PayloadBytes        int64    `json:"payload_bytes"`
	AckedBytes          int64    `json:"acked_bytes"`
	DataRetransmissions int64    `json:"data_retransmissions"`
	Probes              int64    `json:"probes"`
	KeepAlives          int64    `json:"keep_alives"`
	MaxInFlight         *int64   `json:"max_in_flight_bytes"`
	Window              struct {
		ZeroSegments int64 `json:"zero_segments"`
	} `json:"window"`
	Stalls []struct {
		ZeroFrame *int64   `json:"zero_frame"`
		Unread    estimate `json:"unread"`
	} `json:"stalls"`
	Budget struct {
		ReceiverLimited int64 `json:"receiver_limited_ns"`
	} `json:"budget"`
	Buffer struct {
		RcvBuf estimate `json:"rcvbuf"`
	} `json:"buffer"`
}

// An estimate is a number that winwatch infers: the best value and its bounds.
type estimate struct {
	Value *int64 `json:"value_bytes"`
	Low   *int64 `json:"low_bytes"`
	High  *int64 `json:"high_bytes"`
}

func exactly(n int64) estimate { return estimate{Value: &n} }

type endpoint struct {
	Address string `json:"address"`
	Port    uint16 `json:"port"`
}

func (e endpoint) String() string {
	a, err := netip.ParseAddr(e.Address)
	if err != nil {
		return fmt.Sprintf("%s:%d", e.Address, e.Port)
	}
	return netip.AddrPortFrom(a, e.Port).String()
}

// analyzeCaptures analyzes captures as one, as "winwatch analyze --format json" does.
func analyzeCaptures(files []string) (*answer, error) {
	src, err := (*capture.Preopened)(nil).OpenAll(files)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	a := analyze.New(analyze.DefaultConfig())
	if err := a.Run(context.Background(), src); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := reportjson.Write(&out, &report.Material{Result: a.Result()}); err != nil {
		return nil, err
	}
	return readAnswer(out.Bytes())
}

func readAnswer(data []byte) (*answer, error) {
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	return &a, nil
}

// find returns the stream that a label speaks of, or nil.
func (a *answer) find(l *labelledStream) *streamAnswer {
	n := max(l.Occurrence, 1)
	for i := range a.Streams {
		s := &a.Streams[i]
		if s.Client.String() == l.Client && s.Server.String() == l.Server {
			if n--; n == 0 {
				return s
			}
		}
	}
	return nil
}

// in returns one direction of the data.
func (s *streamAnswer) in(direction string) *directionAnswer {
	for i := range s.Directions {
		if s.Directions[i].Direction == direction {
			return &s.Directions[i]
		}
	}
	return &directionAnswer{}
}

// who returns the endpoint that a verdict holds responsible, "" if it is none of the
// two ends.
func (s *streamAnswer) who(v *verdictAnswer) string {
	d := s.in(v.Direction)
	switch v.Party {
	case "receiving-application", "receive-buffer", "receiving-host", "receiving-host-or-path":
		return d.Receiver.String()
	case "sending-application", "sending-host":
		return d.Sender.String()
	}
	return ""
}
