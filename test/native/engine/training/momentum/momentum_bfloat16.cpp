#include <algorithm>
#include <cmath>

#include "../../../../../native/engine/simd/bfloat16/tiles.h"
#include "momentum.h"

#if TWO_LAYER_NET_BFLOAT16

#include "../../../../../native/engine/simd/bfloat16/avx512_begin.h"
#include "../../../../../native/engine/simd/bfloat16/update-inl.h"

namespace two_layer_net::bfloat16 {
#include "momentum-inl.h"
}  // namespace two_layer_net::bfloat16

namespace two_layer_net {
constinit const Bfloat16Update kMomentumBfloat16{.apply_dW1 = bfloat16::apply_dW1<bfloat16::Momentum<float>>};
}  // namespace two_layer_net

#include "../../../../../native/engine/simd/bfloat16/avx512_end.h"

#else

namespace two_layer_net {
constinit const Bfloat16Update kMomentumBfloat16{.apply_dW1 = nullptr};
}  // namespace two_layer_net

#endif  // TWO_LAYER_NET_BFLOAT16
