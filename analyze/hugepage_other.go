//go:build !linux

package analyze

func preferHuge[T any]([]T) {}
