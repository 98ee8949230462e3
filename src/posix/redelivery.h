// A delivery that was held, or that no run of our handler brought, on its way at last: to the handler that
// stood before ours, or to whatever disposition stands again. Ordinary threads, no lock held; never in signal
// context.
#pragma once

#include "signal_record.h"

namespace sigbridge {

// What stood before our handler is called, with every signal blocked as it would find it.
void tell_chained(const SignalRecord& record);
// To this process, with what is known of sender and payload as far as the kernel lets us say it.
void send_again(const SignalRecord& record);

}  // namespace sigbridge
