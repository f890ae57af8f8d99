package link

import "errors"

// Parse reads a link's description: "delay=20ms,rate=100mbit,queue=64k,loss=1%". A
// value "a/b" gives the two directions, the client's first.
func Parse(spec string) (Config, error) { return Config{}, errors.ErrUnsupported }

// Set changes what the description names and keeps the rest.
func (c *Config) Set(spec string) error { return errors.ErrUnsupported }

// String returns the description that Parse reads.
func (c *Config) String() string { return "" }
