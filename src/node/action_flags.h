// The flags of a subscription as lib/action-flags.js numbers them, the same on every platform. JS thread.
#pragma once

#include <csignal>

namespace sigbridge::node {

struct FlagBit {
  unsigned bit;  // lib/action-flags.js
  unsigned flag;
};
inline constexpr FlagBit kFlagBits[] = {{1, SA_RESTART}, {2, SA_NOCLDSTOP}, {4, SA_NOCLDWAIT}};

inline unsigned flags_from_bits(unsigned bits) {
  unsigned flags = 0;
  for (const auto& [bit, flag] : kFlagBits) flags |= (bits & bit) != 0 ? flag : 0;
  return flags;
}

inline unsigned bits_from_flags(unsigned flags) {
  unsigned bits = 0;
  for (const auto& [bit, flag] : kFlagBits) bits |= (flags & flag) != 0 ? bit : 0;
  return bits;
}

}  // namespace sigbridge::node
