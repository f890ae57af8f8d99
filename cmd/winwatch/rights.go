package main

import (
	"fmt"

	"winwatch/capture"
	"winwatch/cmd/winwatch/internal/confine"
)

// dropsRoot and dropRights are variables for tests whose own process must keep its rights.
var dropsRoot, dropRights = confine.DropsRoot, confine.Drop

// secure opens the captures while root's rights last, and drops the rights that
// parsing does not need. The result is nil if the captures can be opened later.
func (o *analyzeOptions) secure() (preopened *capture.Preopened, err error) {
	if dropsRoot() {
		if preopened, err = capture.Preopen(o.files); err != nil {
			return nil, explainInput(err)
		}
	}
	sockets := o.filter != "" // a filter may contain host names to look up
	if err := dropRights(sockets); err != nil {
		preopened.Close()
		return nil, fmt.Errorf("analyze: %w", err)
	}
	return preopened, nil
}
