// Whether a sanitizer watches this build: tests then try fewer cases of a kind, because each takes ten times as long
// and uses the same memory as the others.
#pragma once

namespace two_layer_net {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace two_layer_net
