// A small Go addon: goroutines that never rest, and a function to call.
package main

import "C"
import "runtime"

// Recursion keeps each goroutine moving up and down its small stack, where a signal handler does not fit.
func climb(depth int, x uint64) uint64 {
	if depth == 0 {
		return x + 1
	}
	return climb(depth-1, x*3) ^ uint64(depth)
}

//export Spin
func Spin(goroutines C.int) {
	// A thread each, as on a machine with many cores.
	runtime.GOMAXPROCS(int(goroutines))
	for i := 0; i < int(goroutines); i++ {
		go func() {
			for x := uint64(0); ; {
				x = climb(20, x)
			}
		}()
	}
}

//export Sum
func Sum(n C.int) C.int {
	total := 0
	for i := 0; i < int(n); i++ {
		total += i
	}
	return C.int(total)
}

func main() {}
