#include "updates.h"

#include <algorithm>
#include <cmath>

#include "tiles.h"

#if TWO_LAYER_NET_BFLOAT16

#include "avx512_begin.h"
#include "update-inl.h"

namespace two_layer_net::bfloat16 {
#include "../../step/rules/adam-inl.h"
#include "../../step/rules/momentum-inl.h"
#include "../../step/rules/sgd-inl.h"
}  // namespace two_layer_net::bfloat16

namespace two_layer_net {
constinit const Bfloat16Update kSgdBfloat16 = bfloat16::update_of<bfloat16::Sgd<float>>();
constinit const Bfloat16Update kMomentumBfloat16 = bfloat16::update_of<bfloat16::Momentum<float>>();
constinit const Bfloat16Update kAdamBfloat16 = bfloat16::update_of<bfloat16::Adam<float>>();
}  // namespace two_layer_net

#include "avx512_end.h"

#else

namespace two_layer_net {
constinit const Bfloat16Update kSgdBfloat16{.apply_dW1 = nullptr, .apply_stored_dW1 = nullptr};
constinit const Bfloat16Update kMomentumBfloat16{.apply_dW1 = nullptr, .apply_stored_dW1 = nullptr};
constinit const Bfloat16Update kAdamBfloat16{.apply_dW1 = nullptr, .apply_stored_dW1 = nullptr};
}  // namespace two_layer_net

#endif  // TWO_LAYER_NET_BFLOAT16
