// Package limits ends a program at its start, with exit status 1 and an error, if the
// limits of the system leave it no room: too little memory to address, or too few
// threads or files. Go's runtime would abort with a stack trace and status 2, partly
// before the first line of Go runs; so this takes cgo, and without it the package does
// nothing.
//
// Import it for its effect only. What other processes of the user take later, it can't
// know.
package limits
