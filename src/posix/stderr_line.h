// A line on standard error that costs its writer a moment at most, however full the pipe behind it is.
#pragma once

#include <string>

namespace sigbridge {

// Any thread that blocks every signal, as the wait thread does; not in signal context. Gives up after 100 ms.
void write_to_stderr(const std::string& line);

}  // namespace sigbridge
