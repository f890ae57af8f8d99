//go:build linux

package experiment

import (
	"net/netip"

	"winwatch/capture/kernel"
)

// pair are the sockets from which a connection is made.
type pair struct {
	listener, client *socket
	address          netip.AddrPort // of the listener
}

// sizes are what a socket gets for SO_RCVBUF and SO_SNDBUF, in bytes; 0 keeps the default.
type sizes struct{ rcv, snd int }

// open opens the sockets of the connection.
func (rn *runner) open() (*pair, error) {
	p, err := rn.openBetween(kernel.ServerEnd, rn.address(), rn.sizes(kernel.ServerEnd), rn.sizes(kernel.ClientEnd))
	if err == nil {
		rn.w.Server = p.address
	}
	return p, err
}

// sizes are the buffers' sizes that Config asks for at one end.
func (rn *runner) sizes(e kernel.End) sizes {
	if rn.w.Sender == e {
		return sizes{snd: rn.cfg.SndBuf}
	}
	return sizes{rcv: rn.cfg.RcvBuf}
}

// openBetween opens a listening socket at an address of one end's host, and at the other
// end the socket of its client.
func (rn *runner) openBetween(server kernel.End, at netip.AddrPort, listening, connecting sizes) (p *pair, err error) {
	p = &pair{}
	err = rn.on(server, func() (err error) {
		p.listener, err = listen(at, listening.rcv, listening.snd, rn.cfg.Congestion)
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.address, err = p.listener.local(); err == nil {
		err = rn.on(server.Peer(), func() (err error) {
			p.client, err = newClient(p.address, connecting.rcv, connecting.snd, rn.cfg.Congestion)
			return err
		})
	}
	if err != nil {
		p.listener.close()
		return nil, err
	}
	return p, nil
}

// connect connects the client and accepts its connection. local is the client's address.
func (p *pair) connect() (server *socket, local netip.AddrPort, err error) {
	if err := p.client.connect(p.address); err != nil {
		return nil, local, err
	}
	if local, err = p.client.local(); err != nil {
		return nil, local, err
	}
	server, err = p.listener.accept(local)
	return server, local, err
}

// discard closes both.
func (p *pair) discard() {
	p.client.discard()
	p.listener.close()
}
