// The first code of the addon that runs. In a prebuilt addon, this file is compiled for every processor of the
// architecture and all others for TWO_LAYER_NET_BASELINE. So an older processor reports an error instead of crashing
// with an illegal instruction.
#include "registration.h"

#include <node_api.h>

#include "../engine/core/processor.h"

namespace {

// The message for a feature that the baseline requires and this processor or its operating system lacks, or null.
const char* missing_feature() {
#ifdef TWO_LAYER_NET_NEEDS_X86_64_V2
  const two_layer_net::ProcessorFeatures has = two_layer_net::processor_features();
  if (!has.ssse3) return "this processor is older than x86-64-v2: it lacks SSSE3";
  if (!has.sse4_2) return "this processor is older than x86-64-v2: it lacks SSE4.2";
  if (!has.popcnt) return "this processor is older than x86-64-v2: it lacks POPCNT";
#endif
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  if (const char* missing = missing_feature()) {
    // Plain C, because no other code here can run on this processor.
    napi_throw_error(env, "ERR_PROCESSOR", missing);
    return nullptr;
  }
  return Napi::RegisterModule(env, exports, two_layer_net::addon::initialize);
}
