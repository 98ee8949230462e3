"""Python's signal module as a receiver: the protocol is in ../native/driver.c. It has no payload, so no order to check.

receiver.py MODE SIGNO
"""

import json
import os
import select
import signal
import struct
import sys
import time

QUIET_S = 0.3
mode, signo = sys.argv[1], int(sys.argv[2])


def now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Receiver:
    def __init__(self):
        self.reset()

    def reset(self):
        self.deliveries = 0
        self.last = 0
        self.cpu = time.process_time_ns()
        self.thread_cpu = time.thread_time_ns()

    def tally(self, number, frame):
        self.last = now()
        self.deliveries += 1

    def acknowledge(self, number, frame):
        stamp = now()
        self.last = stamp
        self.deliveries += 1
        os.write(3, struct.pack("q", stamp))

    def wait_until_quiet(self):
        seen = -1
        while seen != self.deliveries:
            seen = self.deliveries
            time.sleep(QUIET_S)

    def report(self):
        cpu = (time.process_time_ns() - self.cpu) // 1000
        thread_cpu = (time.thread_time_ns() - self.thread_cpu) // 1000
        counts = {"callbacks": self.deliveries, "deliveries": self.deliveries, "reordered": 0}
        print(json.dumps({"role": "receiver", **counts, "lastNs": self.last, "cpuUs": cpu, "threadCpuUs": thread_cpu}))


def main():
    receiver = Receiver()
    call = now()
    signal.signal(signo, receiver.acknowledge if mode == "latency" else receiver.tally)
    if mode == "first":
        os.kill(os.getpid(), signo)
        while receiver.last == 0:
            time.sleep(0.001)
        print(json.dumps({"role": "receiver", "callNs": call, "lastNs": receiver.last}))
        return
    receiver.reset()
    os.write(3, bytes(8))
    while True:
        select.select([0], [], [])
        again = os.read(0, 1)
        receiver.wait_until_quiet()
        if not again:
            break
        receiver.reset()
        os.write(3, bytes(8))
    receiver.report()


main()
