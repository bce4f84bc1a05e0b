// The first code of the addon that runs. In a prebuilt addon this file is compiled for every processor of its
// architecture, the others for TWO_LAYER_NET_BASELINE: an older processor gets a sentence, not an illegal instruction.
#include "registration.h"

#include <node_api.h>

#include "../engine/core/processor.h"

namespace {

// What the baseline asks for and this processor, or its operating system, lacks; null where nothing is missing.
const char* missing_feature() {
#ifdef TWO_LAYER_NET_NEEDS_X86_64_V2
  const two_layer_net::ProcessorFeatures has = two_layer_net::processor_features();
  if (!has.ssse3) return "this processor is older than x86-64-v2: it has no SSSE3";
  if (!has.sse4_2) return "this processor is older than x86-64-v2: it has no SSE4.2";
  if (!has.popcnt) return "this processor is older than x86-64-v2: it has no POPCNT";
#endif
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  if (const char* missing = missing_feature()) {
    // Plain C: nothing else here was compiled for this processor.
    napi_throw_error(env, "ERR_PROCESSOR", missing);
    return nullptr;
  }
  return Napi::RegisterModule(env, exports, two_layer_net::addon::initialize);
}
