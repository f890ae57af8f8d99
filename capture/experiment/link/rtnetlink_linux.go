package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// vethInfoPeer is VETH_INFO_PEER (linux/veth.h): the other end's attributes.
const vethInfoPeer = 1

// addrGenModeNone is IN6_ADDR_GEN_MODE_NONE (linux/if_link.h): no link-local address,
// and so no router solicitations.
const addrGenModeNone = 1

// createVeth makes a pair of devices: one here, one in the host's namespace.
func createVeth(conn *netlink.Conn, name string, h *Host, mtu int) error {
	ns, err := h.namespace()
	if err != nil {
		return err
	}
	defer ns.Close()
	err = request(conn, unix.RTM_NEWLINK, netlink.Create|netlink.Excl, &unix.IfInfomsg{}, func(ae *netlink.AttributeEncoder) {
		ae.String(unix.IFLA_IFNAME, name)
		ae.Uint32(unix.IFLA_MTU, uint32(mtu))
		ae.Nested(unix.IFLA_LINKINFO, func(ae *netlink.AttributeEncoder) error {
			ae.String(unix.IFLA_INFO_KIND, "veth")
			ae.Nested(unix.IFLA_INFO_DATA, func(ae *netlink.AttributeEncoder) error {
				ae.Do(vethInfoPeer, func() ([]byte, error) {
					peer := netlink.NewAttributeEncoder()
					peer.String(unix.IFLA_IFNAME, h.Interface)
					peer.Uint32(unix.IFLA_MTU, uint32(mtu))
					peer.Bytes(unix.IFLA_ADDRESS, h.mac[:])
					peer.Uint32(unix.IFLA_NET_NS_FD, uint32(ns.Fd()))
					b, err := peer.Encode()
					return append(make([]byte, unix.SizeofIfInfomsg), b...), err
				})
				return nil
			})
			return nil
		})
	})
	if errors.Is(err, unix.EOPNOTSUPP) {
		err = fmt.Errorf("this kernel has none (CONFIG_VETH, or as root: modprobe veth): %w", err)
	}
	if err != nil {
		return fmt.Errorf("make a pair of veth devices: %w", err)
	}
	return nil
}

// bringUp brings an interface up, so that it sends nothing of its own accord: no ARP
// and no neighbor discovery (NOARP), and no router solicitations.
func bringUp(conn *netlink.Conn, index int, flags uint32) error {
	err := request(conn, unix.RTM_SETLINK, 0, &unix.IfInfomsg{Index: int32(index)}, func(ae *netlink.AttributeEncoder) {
		ae.Nested(unix.IFLA_AF_SPEC, func(ae *netlink.AttributeEncoder) error {
			ae.Nested(unix.AF_INET6, func(ae *netlink.AttributeEncoder) error {
				ae.Uint8(unix.IFLA_INET6_ADDR_GEN_MODE, addrGenModeNone)
				return nil
			})
			return nil
		})
	})
	if err != nil && !lacksIPv6(err) {
		return fmt.Errorf("keep the interface from making itself addresses: %w", err)
	}
	flags |= unix.IFF_UP
	info := unix.IfInfomsg{Index: int32(index), Flags: flags, Change: flags}
	if err := request(conn, unix.RTM_NEWLINK, 0, &info, nil); err != nil {
		return fmt.Errorf("bring the interface up: %w", err)
	}
	return nil
}

// addAddress gives an interface an address.
func addAddress(conn *netlink.Conn, index int, p netip.Prefix) error {
	msg := unix.IfAddrmsg{
		Family: unix.AF_INET, Prefixlen: uint8(p.Bits()), Flags: unix.IFA_F_NODAD, Index: uint32(index),
	}
	if p.Addr().Is6() {
		msg.Family = unix.AF_INET6
	}
	err := request(conn, unix.RTM_NEWADDR, netlink.Create|netlink.Excl, &msg, func(ae *netlink.AttributeEncoder) {
		ae.Bytes(unix.IFA_LOCAL, p.Addr().AsSlice())
		ae.Bytes(unix.IFA_ADDRESS, p.Addr().AsSlice())
	})
	if err != nil {
		return fmt.Errorf("add the address %v: %w", p, err)
	}
	return nil
}

// deleteLink deletes an interface; a veth's other end goes with it.
func deleteLink(conn *netlink.Conn, index int) error {
	return request(conn, unix.RTM_DELLINK, 0, &unix.IfInfomsg{Index: int32(index)}, nil)
}

// sendDrops returns how many packets a device dropped instead of sending them.
func sendDrops(conn *netlink.Conn, index int) (int64, error) {
	const txDropped = 7 * 8 // the offset in struct rtnl_link_stats64
	msgs, err := execute(conn, unix.RTM_GETLINK, 0, &unix.IfInfomsg{Index: int32(index)}, nil)
	if err != nil {
		return 0, err
	}
	for _, m := range msgs {
		ad, err := netlink.NewAttributeDecoder(m.Data[unix.SizeofIfInfomsg:])
		if err != nil {
			return 0, err
		}
		for ad.Next() {
			if b := ad.Bytes(); ad.Type() == unix.IFLA_STATS64 && len(b) >= txDropped+8 {
				return int64(binary.NativeEndian.Uint64(b[txDropped:])), nil
			}
		}
	}
	return 0, errors.New("the kernel has no statistics of the interface")
}

// lacksIPv6 reports whether the error means that the kernel has no IPv6, or that it is
// switched off.
func lacksIPv6(err error) bool {
	return errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EOPNOTSUPP) ||
		errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPROTONOSUPPORT)
}

// request sends a request and waits for its acknowledgment.
func request[T any](conn *netlink.Conn, kind netlink.HeaderType, flags netlink.HeaderFlags, header *T, attributes func(*netlink.AttributeEncoder)) error {
	_, err := execute(conn, kind, flags|netlink.Acknowledge, header, attributes)
	return err
}

// execute sends a request with a fixed header and attributes, and returns the answers.
func execute[T any](conn *netlink.Conn, kind netlink.HeaderType, flags netlink.HeaderFlags, header *T, attributes func(*netlink.AttributeEncoder)) ([]netlink.Message, error) {
	data := append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(header)), unsafe.Sizeof(*header))...)
	if attributes != nil {
		ae := netlink.NewAttributeEncoder()
		attributes(ae)
		b, err := ae.Encode()
		if err != nil {
			return nil, err
		}
		data = append(data, b...)
	}
	return conn.Execute(netlink.Message{
		Header: netlink.Header{Type: kind, Flags: netlink.Request | flags},
		Data:   data,
	})
}
