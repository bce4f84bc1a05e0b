// Memory in pages of 2 MB, on systems that leave the choice to the program. A large net in pages of 4 KB has more of
// them than the processor can keep the addresses of.
#pragma once

#include <cstddef>

namespace two_layer_net {

constexpr size_t kHugePage = 2 * 1024 * 1024;

// Asks for huge pages for the whole ones in these `bytes`, before they are written for the first time. The system may
// refuse; nothing depends on it but speed.
void prefer_huge_pages(void* memory, size_t bytes);

}  // namespace two_layer_net
