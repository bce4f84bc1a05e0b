#include "bfloat16.h"

#include <cstdlib>

#include "../../core/processor.h"
#include "tiles.h"

namespace two_layer_net {

#if TWO_LAYER_NET_BFLOAT16

bool has_bfloat16() {
  const Kernels<float>* kernels = simd_kernels<float>();
  return processor_features().avx512_bf16 && kernels && kernels->tiles.lanes == bfloat16::kLanes;
}

#else

// In such a build, only has_bfloat16 is called.
bool has_bfloat16() { return false; }
void gather_bfloat16(const PackedShape&, const Rows&, const Choice&, int, int, const float*, Bfloat16*) {
  std::abort();
}
void split_mean_bfloat16(const PackedShape&, int, const float*, Bfloat16*) { std::abort(); }
void round_bfloat16(const PackedShape&, int, const float*, Bfloat16*) { std::abort(); }
void forward_bfloat16(const Bfloat16*, const Bfloat16*, int, int, int, bool, float*) { std::abort(); }
void pair_dhidden_bfloat16(const PackedShape&, const PackedBatch<float>&, int, Bfloat16*, float*) { std::abort(); }
double multiply_adds_bfloat16(int64_t, float&) { std::abort(); }

#endif  // TWO_LAYER_NET_BFLOAT16

}  // namespace two_layer_net
