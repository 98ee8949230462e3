// Whether the notes of an ELF object (its PT_NOTE segments) have the one of Go's linker, in stripped
// libraries too. The notes are those of any library there is: nothing in them is believed. Any thread, never
// in signal context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace sigbridge {

// The owner "Go" and type 4, the build id.
inline bool holds_go_note(std::span<const std::byte> notes) {
  constexpr uint32_t kGoBuildId = 4;
  constexpr char kOwner[] = {'G', 'o', '\0', '\0'};
  // Elf32_Nhdr and Elf64_Nhdr are alike: three words, and nothing says that they are aligned.
  struct Header {
    uint32_t owner_size;
    uint32_t data_size;
    uint32_t type;
  };
  const auto padded = [](uint64_t size) { return (size + 3) & ~uint64_t{3}; };
  while (notes.size() >= sizeof(Header)) {
    Header header;
    std::memcpy(&header, notes.data(), sizeof header);
    const uint64_t before_data = sizeof header + padded(header.owner_size);
    // The last one need not be padded.
    if (before_data + header.data_size > notes.size()) return false;
    if (header.type == kGoBuildId && header.owner_size == sizeof kOwner &&
        std::memcmp(notes.data() + sizeof header, kOwner, sizeof kOwner) == 0)
      return true;
    const uint64_t size = before_data + padded(header.data_size);
    if (size >= notes.size()) return false;
    notes = notes.subspan(static_cast<size_t>(size));
  }
  return false;
}

}  // namespace sigbridge
