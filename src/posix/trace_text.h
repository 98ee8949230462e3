// The trace as text: for a person, a line an event, aligned; or as JSON. Any thread, never in a handler.
#pragma once

#include <string>

#include "trace_ring.h"

namespace sigbridge {

std::string trace_text(const TraceSnapshot& trace);
// {running, capacity, started, recorded, overwritten, unfinished, events: [{time, tid, thread, event, ...}]}
std::string trace_json(const TraceSnapshot& trace);

// The latest trace as text into `fd`, at once, whatever JavaScript does. Nobody may read there: it gives up
// after a second. False: not all of it was written, or there never was a trace.
bool write_trace(int fd);

}  // namespace sigbridge
