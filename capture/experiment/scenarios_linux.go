package experiment

// Scenarios returns all experiments, in the order in which they are best read.
func Scenarios() []Scenario {
	return []Scenario{
		{Name: "send-blocking", Chunk: 10, run: sendBlocking,
			Summary: "send() fills both kernel buffers, then blocks; the closed window is probed"},
	}
}
