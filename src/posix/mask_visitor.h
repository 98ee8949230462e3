// Asks every other thread of the process to block real-time signals, or to open again what it blocked for us.
// Called on JS threads with the hub's lifecycle lock held; the threads answer in signal context.
#pragma once

#include "disposition.h"
#include "mask_table.h"

namespace sigbridge {

// Signals are bits, signo - 1. All return when the threads have answered; one that does not in time masks
// itself when it first takes such a signal. Nothing to do outside Linux.

// On all threads but the taker (HandlerState) and the exempt ones. `ours_already`: signals that threads may
// have blocked from us by now, through their creators.
// False: a thread was still being made, or did not answer; to be called again.
bool block_on_threads(uint64_t signals, uint64_t ours_already, Dispositions& dispositions);
// What we blocked there is open again; what a thread had blocked itself stays.
void give_back_on_threads(uint64_t signals, Dispositions& dispositions);
// On the taker and the exempt ones, which may have paused. False: one did not answer; to be called again.
bool give_back_on_js_threads(uint64_t signals, Dispositions& dispositions);

// The program's own wish, for every thread but the calling one and those that block SIGURG, ours among them.
PosixError block_for_program(uint64_t signals, Dispositions& dispositions);
PosixError open_for_program(uint64_t signals, Dispositions& dispositions);

// The calling thread runs JavaScript in a runtime whose children inherit the mask: leave it alone, and as far
// as they can be told the other JS threads too.
void exempt_this_thread();
void forget_this_thread();

}  // namespace sigbridge
