#include "processes.h"

#include <algorithm>

#include "aligned_buffer.h"
#include "array_math.h"

namespace two_layer_net {
namespace {

// Of one message. Large enough that a network is used fully; small enough that what arrives stays in a cache.
constexpr size_t kBlockBytes = 1 << 20;

// blocks (count, size): the first ← the sum of all, as Processes::sum says.
template <class T>
void add_blocks(T* blocks, int count, size_t size, ThreadTeam& team) {
  constexpr size_t kPiece = 8192;
  team.for_each(static_cast<int>((size + kPiece - 1) / kPiece), [&](int piece, int) {
    const size_t begin = piece * kPiece, n = std::min(kPiece, size - begin);
    for (int width = 1; width < count; width *= 2) {
      for (int i = 0; i + width < count; i += 2 * width) {
        add_multiple<T>(n, T(1), blocks + (i + width) * size + begin, blocks + i * size + begin);
      }
    }
  });
}

}  // namespace

void Processes::gather(const double* own, size_t count, double* all) const {
  if (size() == 1) std::copy_n(own, count, all);
  else group_->gather(group_->context, own, all, count * sizeof(double));
}

uint32_t Processes::any(uint32_t bits) const {
  if (size() == 1) return bits;  // without the memory for more
  uint32_t any = 0;
  for (const uint32_t each : all_of(bits)) any |= each;
  return any;
}

// Each process adds up one block of every piece, and gives the sum to all. A piece that does not fill its blocks passes
// through memory that does.
template <class T>
void Processes::sum(T* numbers, size_t size, ThreadTeam& team) const {
  if (this->size() == 1) return;
  const size_t processes = this->size(), most = kBlockBytes / sizeof(T) * processes;
  const size_t largest = (std::min(size, most) + processes - 1) / processes * processes;
  AlignedBuffer<T> arrived(largest), filled(size % most % processes == 0 ? 0 : largest);
  for (size_t begin = 0; begin < size; begin += most) {
    const size_t n = std::min(most, size - begin), block = (n + processes - 1) / processes;
    const bool fills = block * processes == n;
    T* const piece = fills ? numbers + begin : filled.data();
    if (!fills) std::fill(std::copy_n(numbers + begin, n, piece), piece + block * processes, T(0));
    group_->exchange(group_->context, piece, arrived.data(), block * sizeof(T));
    add_blocks(arrived.data(), this->size(), block, team);
    group_->gather(group_->context, arrived.data(), piece, block * sizeof(T));
    if (!fills) std::copy_n(piece, n, numbers + begin);
  }
}

template void Processes::sum<float>(float*, size_t, ThreadTeam&) const;
template void Processes::sum<double>(double*, size_t, ThreadTeam&) const;

}  // namespace two_layer_net
