// Go's os/signal as a receiver: the protocol is in ../driver.c. It has no payload, so no order to check.
//
//	receiver MODE SIGNO
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const quiet = 300 * time.Millisecond

// CLOCK_MONOTONIC, which package time does not tell.
func now() int64 {
	var spec syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&spec)), 0)
	return spec.Nano()
}

func cpu() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
}

func tell(stamps *os.File, stamp int64) {
	if _, err := stamps.Write((*[8]byte)(unsafe.Pointer(&stamp))[:]); err != nil {
		os.Exit(1)
	}
}

func main() {
	mode := os.Args[1]
	signo, _ := strconv.Atoi(os.Args[2])
	call := now()
	arrived := make(chan os.Signal, 1<<16)
	signal.Notify(arrived, syscall.Signal(signo))
	if mode == "first" {
		syscall.Kill(os.Getpid(), syscall.Signal(signo))
		<-arrived
		fmt.Printf("{\"role\":\"receiver\",\"callNs\":%d,\"lastNs\":%d}\n", call, now())
		return
	}

	stamps := os.NewFile(3, "stamps")
	orders := make(chan bool)
	go func() {
		order := make([]byte, 1)
		for {
			if _, err := os.Stdin.Read(order); err != nil {
				close(orders)
				return
			}
			orders <- true
		}
	}()

	var deliveries, last int64
	take := func() {
		last = now()
		deliveries++
		if mode == "latency" {
			tell(stamps, last)
		}
	}
	before := cpu()
	tell(stamps, 0)
	for {
		var again bool
		for ordered := false; !ordered; {
			select {
			case <-arrived:
				take()
			case again = <-orders:
				ordered = true
			}
		}
		for isQuiet := false; !isQuiet; {
			select {
			case <-arrived:
				take()
			case <-time.After(quiet):
				isQuiet = true
			}
		}
		if !again {
			break
		}
		deliveries = 0
		before = cpu()
		tell(stamps, 0)
	}
	used := cpu() - before
	fmt.Printf("{\"role\":\"receiver\",\"callbacks\":%d,\"deliveries\":%d,\"reordered\":0,\"lastNs\":%d,\"cpuUs\":%d}\n",
		deliveries, deliveries, last, used)
}
