#include "huge_pages.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace two_layer_net {

void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Only buffers that start on a huge page ask for any.
  const size_t whole = bytes / kHugePage * kHugePage;
  if (whole > 0) madvise(memory, whole, MADV_HUGEPAGE);
#endif
}

}  // namespace two_layer_net
